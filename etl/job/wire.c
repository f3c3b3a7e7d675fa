/* job/wire: the way to Amazon as a site's settings state it: keys, region, limits, patience. */
#include "job/wire.h"
#include "amazon/region.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CALL_PATIENCE = 10 * 60 * 1000 };

/* --- what is told of calls --- */

/* "Thu, 26 Nov 2026 23:59:59 GMT": whose clock is right is not known, only that they differ. */
static void compare_clocks(struct wire_way *way, const struct exchange *exchange) {
  struct tm parts = { 0 };
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = "";
  if (sscanf(exchange->date, "%*3s, %d %3s %d %d:%d:%d", &parts.tm_mday, month, &parts.tm_year,
             &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6)
    return;
  const char *found = strstr(months, month);
  if (!found || strlen(month) != 3) return;
  int32_t day = date_of(parts.tm_year, (int)(found - months) / 3 + 1, parts.tm_mday);
  int64_t theirs = (int64_t)day * 86400 + parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
  way->ahead = (exchange->began + exchange->milliseconds) / 1000 - theirs;
  way->clock_known = true;
}

static void seen(void *user, const struct attempt *attempt) {
  struct wire_way *way = user;
  const struct exchange *exchange = &attempt->exchange;
  time_t seconds = (time_t)(exchange->began / 1000);
  struct tm parts;
  gmtime_r(&seconds, &parts);
  struct carried_call *call = ARENA_PUSH(way->calls, way->told.calls, way->told.call_count);
  *call = (struct carried_call){ .status = exchange->status, .milliseconds = exchange->milliseconds };
  call->time = arena_printf(way->calls, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
  call->name = str_of(attempt->name);
  call->request = arena_str(way->calls, str_of(exchange->request_id));
  if (!exchange->status) call->trouble = arena_str(way->calls, str_of(exchange->err.text));
  if (exchange->date[0]) compare_clocks(way, exchange);
}

/* --- settings --- */

static str setting(const struct site *site, const char *name) { return site_setting(site, STR_NONE, name); }

static const char *path_setting(const struct site *site, struct arena *arena, const char *name) {
  str text = setting(site, name);
  if (!text.len) return NULL;
  return text.at[0] == '/' ? arena_text(arena, text) : file_join(arena, site->folder, text);
}

static bool is_local(const struct site *site) { return str_eq(setting(site, "amazon-region"), STR("local")); }

bool wire_has_keys(const struct site *site) {
  return is_local(site) || setting(site, "amazon-credentials").len;
}

static enum outcome find_endpoint(const struct site *site, struct wire_way *way, struct amazon_means *means,
                                  struct err *err) {
  str name = setting(site, "amazon-region"), endpoint = name;
  const struct region *region = region_by_name(name);
  if (is_local(site)) {
    if (local_start(site->folder, way->arena, &way->local, err)) return err->outcome;
    endpoint = str_of(local_url(way->local));
  }
  if (region) {
    means->endpoint = region->endpoint;
    means->login = region_login;
    return OUT_OK;
  }
  if (!way->local && !str_starts(name, STR("http://127.0.0.1:")) && !str_starts(name, STR("https://")))
    return err_set(err, OUT_SPEC,
                   "amazon-region is na, eu, fe, sandbox-na, sandbox-eu, sandbox-fe or local: \"%.*s\"",
                   STR_ARG(name));
  means->endpoint = arena_text(way->arena, endpoint);
  means->login = arena_printf(way->arena, "%s/auth/o2/token", means->endpoint).at;
  return OUT_OK;
}

static enum outcome find_marketplaces(const struct site *site, struct wire_way *way, struct err *err) {
  str rest = setting(site, "amazon-marketplaces"), one;
  struct buf ids = buf_new(4096);
  while (str_split(&rest, ',', &one)) {
    one = str_trim(one);
    const struct marketplace *marketplace = marketplace_find(one);
    if (!marketplace) {
      buf_free(&ids);
      return err_set(err, OUT_SPEC,
                     "amazon-marketplaces: no marketplace \"%.*s\"; countries as US, DE, or ids",
                     STR_ARG(one));
    }
    buf_printf(&ids, "%s%s", ids.len ? "," : "", marketplace->id);
  }
  way->marketplaces = arena_str(way->arena, buf_str(&ids));
  buf_free(&ids);
  return way->marketplaces.len
             ? OUT_OK
             : err_set(err, OUT_SPEC,
                       "sluice.conf has no amazon-marketplaces: countries (US, DE) or marketplace ids");
}

static enum outcome open_amazon(const struct site *site, struct wire_way *way, struct err *err) {
  struct amazon_means means = { .attempts = &way->attempts, .patience = CALL_PATIENCE };
  if (!wire_has_keys(site)) return OUT_OK;
  const char *path = path_setting(site, way->arena, "amazon-credentials");
  const char *credentials = getenv("CREDENTIALS_DIRECTORY");
  if (!path && local_keys(site->folder, way->arena, &path, err)) return err->outcome;
  if (account_read(str_of(path), str_of(credentials), &way->account, err) ||
      find_endpoint(site, way, &means, err) || find_marketplaces(site, way, err))
    return err->outcome;
  means.account = way->account;
  way->amazon = amazon_new(&means);
  return OUT_OK;
}

enum outcome wire_open(const struct site *site, struct wire_way **way, struct err *err) {
  struct arena *arena = arena_new();
  struct wire_way *new = *way = ARENA_NEW(arena, struct wire_way);
  struct http_settings settings = { .agent = amazon_agent };
  new->arena = arena;
  new->calls = arena_new();
  str proxy = setting(site, "amazon-proxy");
  settings.ca_file = path_setting(site, arena, "amazon-ca-file");
  if (proxy.len) settings.proxy = arena_text(arena, proxy);
  const char *folder = file_join(arena, site->folder, STR("var/amazon"));
  enum outcome out = file_make_folders(folder, 0700, err);
  if (!out) out = http_open(&settings, &new->http, err);
  if (!out) {
    new->limits = limits_open(file_join(arena, folder, STR("limits.txt")));
    new->loop = loop_new(http_wire(new->http));
    new->attempts = (struct attempts){ .loop = new->loop, .limits = new->limits, .user = new, .seen = seen };
    if (!str_to_int(setting(site, "amazon-patience"), &new->patience)) new->patience = 20;
    if (!str_to_int(setting(site, "amazon-pace"), &new->pace) || new->pace < 1) new->pace = 1000;
    out = open_amazon(site, new, err);
  }
  if (out) wire_close(new), *way = NULL;
  return out;
}

void wire_close(struct wire_way *way) {
  if (!way) return;
  amazon_free(way->amazon);
  account_free(way->account);
  loop_free(way->loop);
  limits_close(way->limits);
  http_close(way->http);
  local_stop(way->local);
  arena_free(way->calls);
  arena_free(way->arena);
}

void wire_forget_calls(struct wire_way *way) {
  way->told = (struct carried){ 0 };
  arena_reset(way->calls);
}

enum wire_secret wire_secret_days(const struct wire_way *way, int64_t now, int64_t *days) {
  int32_t made;
  if (way->local) return WIRE_SECRET_LOCAL;
  if (!way->account || !date_parse(str_of(way->account->secret_made), STR("YYYY-MM-DD"), &made))
    return WIRE_SECRET_UNKNOWN;
  *days = made + ACCOUNT_SECRET_DAYS - now / 86400;
  return WIRE_SECRET_KNOWN;
}
