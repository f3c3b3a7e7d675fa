/* base/str: a borrowed slice of text.
 *
 * A str points at bytes that somebody else owns: a source file, an arena, a
 * read block. It says nothing about how long they live; the function that
 * hands one out does ("until the next row", "as long as the arena"). It is
 * not NUL-terminated. An empty str may have any pointer.
 *
 *   str name = STR("settlement-id");
 *   if (str_eq(field, name)) ...
 *   printf("%.*s", STR_ARG(field));
 */
#ifndef SLUICE_BASE_STR_H
#define SLUICE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *at;
  size_t len;
} str;

#define STR(literal) ((str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE     ((str){ "", 0 })
#define STR_ARG(s)   (int)(s).len, (s).at

str str_of(const char *text); /* a NUL-terminated text; NULL gives the empty one */
bool str_eq(str a, str b);
bool str_eq_fold(str a, str b); /* ASCII letters fold */
int str_compare(str a, str b);  /* by byte, which is code point order in UTF-8 */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
str str_trim(str s); /* blanks, tabs and line ends off both sides */
str str_sub(str s, size_t from, size_t to);
ptrdiff_t str_find(str s, char c);        /* -1 when it is not there */
ptrdiff_t str_find_text(str s, str part); /* the same, of more than a character */
bool str_holds(str s, str part);
/* The piece before the first `c`; *rest gets what follows it. False when s is used up. */
bool str_split(str *rest, char c, str *piece);
bool str_to_int(str s, int64_t *value); /* the whole of s, decimal; false on anything else */
uint64_t str_hash(str s);
size_t str_chars(str utf8);                     /* code points; bad bytes count one each */
str str_left_chars(str utf8, size_t most);      /* its first code points */
str str_right_chars(str utf8, size_t most);     /* its last code points */
bool str_is_utf8(str s, size_t *bad_at);        /* strict: no surrogates, no overlong forms */
size_t str_distance(str a, str b, size_t most); /* edit distance, case folded; most + 1 when larger */

#endif
