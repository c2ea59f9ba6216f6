"""The dashboard in a browser: `makerhour serve`. Loopback only, for whoever holds the address it prints."""
