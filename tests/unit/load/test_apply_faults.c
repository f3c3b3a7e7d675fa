/* unit/load/test_apply_faults: whatever happens at any statement, each document is written once in the end.
 */
#include "company.h"

#include <dlfcn.h>
#include <sql.h>
#include <sqlext.h>
#include <sys/wait.h>

/* The driver manager's calls go through here: the n-th one is spoiled. RTLD_NEXT is not in POSIX; the library
 * is opened by name. */
enum kind { NONE, DIE_BEFORE, DIE_AFTER, GONE_BEFORE, GONE_AFTER, DEADLOCK, DENIED, CUT_OFF };

static enum kind kind;
static int wanted, counted;
static bool is_false; /* the diagnosis that is asked for next is ours */

static void *real(const char *name) {
  static void *library_of_odbc;
  if (!library_of_odbc) library_of_odbc = dlopen("libodbc.so.2", RTLD_NOW);
  return dlsym(library_of_odbc, name);
}

#define REAL(name)                                                                                           \
  __typeof__(&name) call;                                                                                    \
  *(void **)&call = real(#name)

/* Every other session of this server is ended, as an administrator does it. */
static void cut_off(void) {
  enum kind kept = kind;
  kind = NONE;
  run_once("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
           "backend_type = 'client backend'");
  kind = kept;
}

static bool strikes(void) { return kind != NONE && ++counted == wanted; }

static bool before(bool struck) {
  if (struck && kind == DIE_BEFORE) _exit(9);
  if (struck && kind == CUT_OFF) cut_off();
  if (struck && (kind == GONE_BEFORE || kind == DEADLOCK || kind == DENIED)) return is_false = true;
  return false;
}

static SQLRETURN after(bool struck, SQLRETURN result) {
  if (struck && kind == DIE_AFTER) _exit(9);
  if (!struck || kind != GONE_AFTER) return result;
  is_false = true;
  return SQL_ERROR;
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT statement) {
  REAL(SQLExecute);
  bool struck = strikes();
  return before(struck) ? SQL_ERROR : after(struck, call(statement));
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT statement, SQLCHAR *text, SQLINTEGER len) {
  REAL(SQLExecDirect);
  bool struck = strikes();
  return before(struck) ? SQL_ERROR : after(struck, call(statement, text, len));
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT how) {
  REAL(SQLEndTran);
  bool struck = strikes();
  return before(struck) ? SQL_ERROR : after(struck, call(type, handle, how));
}

SQLRETURN SQL_API SQLGetDiagRec(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT record, SQLCHAR *state,
                                SQLINTEGER *native, SQLCHAR *text, SQLSMALLINT room, SQLSMALLINT *len) {
  REAL(SQLGetDiagRec);
  if (!is_false) return call(type, handle, record, state, native, text, room, len);
  if (record > 1) {
    is_false = false;
    return SQL_NO_DATA;
  }
  const char *said = kind == DEADLOCK ? "deadlock"
                     : kind == DENIED ? "permission denied"
                                      : "server closed the connection";
  bool sqlite = !on_postgresql();
  strcpy((char *)state, kind == DEADLOCK ? (sqlite ? "HY000" : "40P01")
                        : kind == DENIED ? (sqlite ? "HY000" : "42501")
                                         : "08S01");
  *native = !sqlite ? 1 : kind == DEADLOCK ? 5 : kind == DENIED ? 8 : 0;
  snprintf((char *)text, (size_t)room, "%s", said);
  if (len) *len = (SQLSMALLINT)strlen(said);
  return SQL_SUCCESS;
}

/* --- what must be there in the end --- */

enum { ORDERS = 7, CALLS_MOST = 400 };

static struct apply_settings small_groups(void) {
  struct apply_settings settings = apply_by_default();
  settings.group = 3;
  settings.pause = 2;
  return settings;
}

/* Numbers may have gaps; everything else is as it was without any fault. */
static void assert_all_there(int orders, const char *of) {
  const char *headers = ask("SELECT h.CustOrdNbr, h.TotOrd, h.ShipName FROM SOHeader h");
  struct buf want = buf_new(1 << 20);
  for (int i = 1; i <= orders; i++) buf_printf(&want, "%s113-%07d|39.9|A. Buyer", i > 1 ? "\n" : "", i);
  if (!str_eq(buf_str(&want), str_of(headers))) fail_msg("%s: headers are\n%s", of, headers);
  const char *const counts[][2] = {
    { "SELECT COUNT(*) FROM SOHeader h JOIN SOLine l ON l.OrdNbr = h.OrdNbr JOIN SOSched s ON s.OrdNbr = "
      "l.OrdNbr AND s.LineRef = l.LineRef",
      "2" },
    { "SELECT COUNT(*) FROM SOLine", "2" },
    { "SELECT COUNT(*) FROM SOSched", "2" },
    { "SELECT COUNT(*) FROM SOHeader h JOIN SOEvent e ON e.OrdNbr = h.OrdNbr", "1" },
    { "SELECT COUNT(*) FROM SOHeader h JOIN ProcessQueue q ON q.SOOrdNbr = h.OrdNbr", "1" },
    { "SELECT COUNT(*) FROM ProcessQueue", "1" },
    { "SELECT COUNT(*) FROM SOHeader h JOIN sluice_control c ON c.SLNbr = h.OrdNbr AND c.DocKey = "
      "h.CustOrdNbr",
      "1" },
    { "SELECT COUNT(*) FROM sluice_control", "1" },
  };
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    int got = atoi(ask(counts[i][0])), each = atoi(counts[i][1]);
    if (got != each * orders) fail_msg("%s: %d, not %d: %s", of, got, each * orders, counts[i][0]);
  }
  buf_free(&want);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLOW = 1 };
#else
enum { SLOW = 0 };
#endif

/* PostgreSQL takes a second for each: every third call will do there, unless EVERY=1 asks for all. */
static int stride(void) { return (on_postgresql() || SLOW) && !getenv("EVERY") ? 3 : 1; }

/* At each call in turn; returns how many there were. */
static int at_every_call(enum kind how, bool in_child) {
  struct apply_result result;
  int call = 1;
  for (; call < CALLS_MOST; call += stride()) {
    company_fresh();
    struct apply_settings settings = small_groups();
    const char *path = orders_file("a.rows", 1, ORDERS + 1),
               *of = arena_printf(arena, "kind %d, call %d", (int)how, call).at;
    kind = how;
    wanted = call;
    counted = 0;
    is_false = false;
    enum outcome out = OUT_SYSTEM;
    pid_t child = in_child ? fork() : 0;
    if (!child) out = apply(&settings, path, &result);
    if (in_child && !child) _exit(out == OUT_OK ? 0 : 1);
    int status = 0;
    if (in_child) assert_int_equal(waitpid(child, &status, 0), child);
    kind = NONE;
    if (in_child ? WEXITSTATUS(status) == 0 : counted < call) break; /* there is no such call */
    if (!in_child && out && out != OUT_RETRY && out != OUT_SYSTEM && out != OUT_UNCERTAIN)
      fail_msg("%s: outcome %d: %s", of, (int)out, err.text);
    if (!in_child && !out && result.written != ORDERS) fail_msg("%s: %d written", of, (int)result.written);
    if (!in_child && !out) assert_all_there(ORDERS, of);
    if (apply(&settings, path, &result)) fail_msg("%s, again: %s", of, err.text);
    assert_int_equal(result.written + result.known, ORDERS);
    assert_all_there(ORDERS, of);
  }
  assert_in_range(call, 20, CALLS_MOST - 1);
  return call;
}

static void test_killed_before(void **state) { (void)state, at_every_call(DIE_BEFORE, true); }
static void test_killed_after(void **state) { (void)state, at_every_call(DIE_AFTER, true); }
static void test_gone_before(void **state) { (void)state, at_every_call(GONE_BEFORE, false); }
static void test_gone_after(void **state) { (void)state, at_every_call(GONE_AFTER, false); }
static void test_deadlock(void **state) { (void)state, at_every_call(DEADLOCK, false); }
static void test_cut_off(void **state) {
  (void)state;
  if (on_postgresql()) at_every_call(CUT_OFF, false);
}

/* The answer to each group's commit is lost: the control table tells. */
static void test_lost_commits_are_settled(void **state) {
  (void)state;
  struct apply_settings settings = small_groups();
  struct apply_result result;
  uint64_t settled = 0, retries = 0;
  for (int call = 1; call < CALLS_MOST; call += stride()) {
    company_fresh();
    kind = GONE_AFTER;
    wanted = call;
    counted = 0;
    enum outcome out = apply(&settings, orders_file("a.rows", 1, ORDERS + 1), &result);
    kind = NONE;
    if (counted < call) break;
    settled += out ? 0 : result.settled;
    retries += result.retries;
  }
  if (stride() == 1) assert_int_equal(settled, ORDERS); /* each of them once: when its own commit was lost */
  assert_true(retries > 5);
}

static void test_no_right(void **state) {
  (void)state;
  struct apply_settings settings = small_groups();
  struct apply_result result;
  int denied = 0;
  for (int call = 1; call < CALLS_MOST; call += stride()) {
    company_fresh();
    kind = DENIED;
    wanted = call;
    counted = 0;
    enum outcome out = apply(&settings, orders_file("a.rows", 1, ORDERS + 1), &result);
    kind = NONE;
    if (counted < call) break;
    denied += out == OUT_SPEC && strstr(err.text, "permission denied");
    expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, ORDERS + 1), &result));
    assert_all_there(ORDERS, "no right");
  }
  assert_true(denied > 5);
}

static void test_server_stays_away(void **state) {
  (void)state;
  struct apply_settings settings = small_groups();
  struct apply_result result;
  settings.tries = 3;
  settings.db.connection = STR("DRIVER=SQLite3;Database=/nowhere/at/all.db");
  settings.db.key_file = STR_NONE;
  enum outcome out = apply(&settings, orders_file("a.rows", 1, 3), &result);
  if (out == OUT_OK) fail_msg("it was written to nowhere");
  assert_int_equal(result.count, 2);
  assert_int_equal(result.documents[1].state, APPLY_OPEN);
}

/* --- two loaders --- */

static void test_two_loaders(void **state) {
  (void)state;
  enum { MANY = 150, LOADERS = 3 };
  struct apply_settings settings = apply_by_default();
  const char *path = orders_file("a.rows", 1, MANY + 1);
  settings.group = 7;
  settings.tries = 40;
  pid_t children[LOADERS];
  for (int i = 0; i < LOADERS; i++) {
    children[i] = fork();
    if (children[i]) continue;
    struct apply_result result;
    enum outcome out = apply(&settings, path, &result);
    if (out) fprintf(stderr, "loader: %s\n", err.text);
    _exit(out == OUT_OK && result.written + result.known == MANY && !result.refused ? 0 : 1);
  }
  for (int i = 0; i < LOADERS; i++) {
    int status;
    assert_int_equal(waitpid(children[i], &status, 0), children[i]);
    assert_int_equal(status, 0);
  }
  assert_all_there(MANY, "two loaders");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_killed_before), TEST(test_killed_after),
    TEST(test_gone_before),   TEST(test_gone_after),
    TEST(test_deadlock),      TEST(test_cut_off),
    TEST(test_no_right),      TEST(test_lost_commits_are_settled),
    TEST(test_two_loaders),   TEST(test_server_stays_away),
  };
  return cmocka_run_group_tests(tests, group_start, group_stop);
}
