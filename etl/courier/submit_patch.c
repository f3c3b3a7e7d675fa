/* courier/submit_patch: a small listings feed said SKU by SKU: to stand in minutes, or only to be judged.
 *
 * Between nights up to 500 changes go so (R27). Where the site wants a preview (FEED.preview = yes) each
 * message is shown to Amazon first (VALIDATION_PREVIEW), which changes nothing; only a file that is good in
 * all its messages is sent then. Of another one nothing is sent: what was refused is asked about, and the
 * rest comes again in the next run's file.
 *
 *   {"messageId":7,"sku":"MUG",.. "productType":"PRODUCT","patches":[..]}      a line of the file
 *   PATCH /listings/2021-08-01/items/A1/MUG
 *   {"productType":"PRODUCT","patches":[..]}
 *
 * A patch says how something is, so all of a file's may be said again: a run that dies in between leaves
 * nothing to be looked up, and the next one begins anew. What Amazon says of each becomes a processing report
 * as a feed has one, and goes the same way.
 */
#include "codec/json_text.h"
#include "courier/submit_internal.h"
#include "io/file.h"
#include "io/in.h"

enum { PATCHES_MOST = 500, BYTES_MOST = 4 * 1024 * 1024, REPORT_MOST = 16 * 1024 * 1024 };

struct patch {
  str id, sku, body;
  bool whole; /* UPDATE: all of the listing; else PATCH */
};

struct patching {
  struct submit *submit;
  str seller;
  struct patch *patches;
  size_t count, next, refused, warned;
  struct buf issues;
  bool preview;
};

/* The object that a text begins with. */
static str object_of(str text) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    if (quoted && c == '\\') i++;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && c == '{') depth++;
    else if (!quoted && c == '}' && --depth == 0) return str_sub(text, 0, i + 1);
  }
  return STR_NONE;
}

/* From a word on, which no text in quotes can hold as it stands: their quotes have a backslash. */
static str from_word(str text, const char *word) {
  ptrdiff_t at = str_find_text(text, str_of(word));
  return at < 0 ? STR_NONE : str_sub(text, (size_t)at + 1, text.len);
}

static bool add_patch(struct patching *patching, str line, struct arena *arena) {
  struct answer *message;
  struct err unread = { 0 };
  str object = object_of(line);
  if (!object.len || answer_read(arena, object, &message, &unread)) return false;
  str body = from_word(object, ",\"productType\":");
  bool is_patch = str_eq(answer_text(message, "operationType"), STR("PATCH")),
       is_whole = str_eq(answer_text(message, "operationType"), STR("UPDATE"));
  if (!(is_patch || (is_whole && patching->preview)) || !body.len) return false;
  *ARENA_PUSH(arena, patching->patches, patching->count) =
      (struct patch){ answer_text(message, "messageId"), answer_text(message, "sku"),
                      arena_printf(arena, "{%.*s", STR_ARG(body)), is_whole };
  return patching->count <= PATCHES_MOST;
}

/* False: it is none that can go so. */
static bool read_patches(struct patching *patching, str text, struct arena *arena) {
  struct answer *head;
  struct err unread = { 0 };
  str line;
  if (!str_split(&text, '\n', &line)) return false;
  str header = object_of(str_sub(line, sizeof "{\"header\":" - 1, line.len));
  if (!str_starts(line, STR("{\"header\":")) || answer_read(arena, header, &head, &unread)) return false;
  patching->seller = answer_text(head, "sellerId");
  while (str_split(&text, '\n', &line))
    if (str_trim(line).len && !add_patch(patching, line, arena)) return false;
  return patching->count && patching->seller.len;
}

/* --- what Amazon says of each --- */

static void add_issue(struct patching *patching, const struct patch *patch, str code, str severity,
                      str words) {
  struct buf *out = &patching->issues;
  if (out->len) buf_char(out, ',');
  buf_add(out, STR("\n{"));
  if (patch) {
    buf_printf(out, "\"messageId\":%.*s,\"sku\":", STR_ARG(patch->id));
    json_text(out, patch->sku);
    buf_char(out, ',');
  }
  buf_add(out, STR("\"code\":"));
  json_text(out, code);
  buf_add(out, STR(",\"severity\":"));
  json_text(out, severity);
  buf_add(out, STR(",\"message\":"));
  json_text(out, words);
  buf_char(out, '}');
}

static void end(struct patching *patching) {
  struct submit *submit = patching->submit;
  if (patching->preview && !patching->refused) {
    buf_free(&patching->issues);
    submit_send(submit);
    return;
  }
  if (patching->preview) {
    submit->aside = "failed";
    add_issue(patching, NULL, STR("PREVIEW"), STR("ERROR"),
              STR("not sent: the preview refused a part of the feed"));
  }
  struct buf report = buf_new(REPORT_MOST);
  buf_add(&report, STR("{\"header\":{\"sellerId\":"));
  json_text(&report, patching->seller);
  buf_printf(&report, ",\"version\":\"2.0\",\"feedId\":\"patches\"},\"issues\":[%.*s],",
             STR_ARG(buf_str(&patching->issues)));
  buf_printf(
      &report,
      "\"summary\":{\"errors\":%zu,\"warnings\":%zu,\"messagesProcessed\":%zu,\"messagesAccepted\":%zu,"
      "\"messagesInvalid\":%zu}}\n",
      patching->refused, patching->warned, patching->count, patching->count - patching->refused,
      patching->refused);
  buf_free(&patching->issues);
  str text = arena_str(submit->errand->arena, buf_str(&report));
  buf_free(&report);
  submit_report(submit, text, patching->preview ? "previewed" : "patched");
}

static void next_patch(struct patching *patching);

static void patched(struct call *call) {
  struct patching *patching = call->user;
  struct submit *submit = patching->submit;
  const struct patch *patch = &patching->patches[patching->next];
  bool of_keys = call->status == 401 || call->status == 403;
  if (call->outcome &&
      (call->outcome != OUT_REFUSED || of_keys)) { /* not done: the next run says all of it again */
    submit->waiting++;
    submit_tell(submit, arena_str(submit->errand->arena, str_of(call->err.text)));
    buf_free(&patching->issues);
    if (call->outcome == OUT_SPEC) errand_end_call(submit->errand, call);
    else submit_done(submit);
    return;
  }
  str good = patching->preview ? STR("VALID") : STR("ACCEPTED");
  bool refused = call->outcome || !str_eq(answer_text(call->answer, "status"), good);
  bool named = false;
  for (const struct answer *one = call->answer ? answer_part(call->answer, "issues[]") : NULL; one;
       one = answer_same(one)) {
    str severity = answer_text(one, "severity");
    named = named || str_eq(severity, STR("ERROR"));
    patching->warned += str_eq(severity, STR("WARNING"));
    add_issue(patching, patch, answer_text(one, "code"), severity, answer_text(one, "message"));
  }
  if (refused && !named)
    add_issue(patching, patch, STR("REFUSED"), STR("ERROR"),
              call->outcome ? str_of(call->err.text) : STR("Amazon says that it is not valid"));
  patching->refused += refused;
  patching->next++;
  next_patch(patching);
}

static void next_patch(struct patching *patching) {
  struct courier *courier = patching->submit->errand->courier;
  if (patching->next == patching->count) {
    end(patching);
    return;
  }
  const struct patch *patch = &patching->patches[patching->next];
  enum operation_name operation = patch->whole ? OP_putListingsItem : OP_patchListingsItem;
  struct call *call = call_new(courier->amazon, operation, patched, patching);
  call_path(call, "sellerId", patching->seller);
  call_path(call, "sku", patch->sku);
  call_query(call, "marketplaceIds", courier->marketplaces);
  call_query(call, "mode", patching->preview ? STR("VALIDATION_PREVIEW") : STR_NONE);
  call_body(call, patch->body);
  call_start(call);
}

bool submit_patches(struct submit *submit) {
  struct errand *errand = submit->errand;
  bool preview = errand->wish.preview;
  struct err unread = { 0 };
  str text;
  const char *path = file_join(errand->arena, errand->courier->site, submit_path(submit));
  bool may = (preview || errand->wish.between) && submit_says_listings(submit) &&
             str_find(errand->courier->marketplaces, ',') < 0;
  struct patching *patching = ARENA_NEW(errand->arena, struct patching);
  *patching = (struct patching){ .submit = submit, .preview = preview };
  if (!may || in_read_whole(path, BYTES_MOST, errand->arena, &text, &unread)) return false;
  if (!read_patches(patching, text, errand->arena)) return false;
  patching->issues = buf_new(REPORT_MOST);
  next_patch(patching);
  return true;
}
