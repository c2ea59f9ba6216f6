"""Calendars: files and folders of iCalendar text, read into meetings."""
