/* The meetings of one day of a calendar file by libical: parse it whole, expand every series into the day, leave out
   the occurrences that a changed instance replaces, print how many remain. Usage: libical_day FILE FROM TO, both UTC
   as 20260310T000000Z. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hit {
  const char *uid;
  time_t start;
  int changed;
};

static struct hit *hits;
static size_t hit_count, hit_room;
static struct hit *replaced;
static size_t replaced_count, replaced_room;
static time_t from, to;

static void keep(struct hit **list, size_t *count, size_t *room, struct hit found)
{
  if (*count == *room) {
    *room = *room ? *room * 2 : 256;
    *list = realloc(*list, *room * sizeof **list);
    if (!*list)
      exit(3);
  }
  (*list)[(*count)++] = found;
}

static void occurs(icalcomponent *event, struct icaltime_span *span, void *unused)
{
  (void)unused;
  if (span->start < to && span->end > from) {
    struct hit found = {icalcomponent_get_uid(event), span->start,
                        icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY) != NULL};
    keep(&hits, &hit_count, &hit_room, found);
  }
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file)
    return 2;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  if (!text || fread(text, 1, size, file) != (size_t)size)
    return 2;
  text[size] = 0;
  fclose(file);
  icalcomponent *calendar = icalparser_parse_string(text);
  if (!calendar)
    return 2;
  struct icaltimetype first = icaltime_from_string(argv[2]), last = icaltime_from_string(argv[3]);
  from = icaltime_as_timet(first);
  to = icaltime_as_timet(last);
  for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    icalproperty *instance = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
    if (instance) {
      struct icaltimetype when = icalcomponent_get_recurrenceid(event);
      struct hit found = {icalcomponent_get_uid(event), icaltime_as_timet_with_zone(when, when.zone), 0};
      keep(&replaced, &replaced_count, &replaced_room, found);
    }
    icalcomponent_foreach_recurrence(event, first, last, occurs, NULL);
  }
  size_t shown = 0;
  for (size_t place = 0; place < hit_count; place++) {
    int gone = 0;
    for (size_t other = 0; !hits[place].changed && !gone && other < replaced_count; other++)
      gone = replaced[other].start == hits[place].start && !strcmp(replaced[other].uid, hits[place].uid);
    shown += !gone;
  }
  printf("%zu\n", shown);
  return 0;
}
