/* extract/nested: the rows of a TSV or CSV file as records with records below them.
 *
 *   order-id,currency,sku,quantity
 *   111-1,USD,MUG-1,2              one order with two items: the outer fields are the same,
 *   111-1,USD,MUG-2,1              row after row
 *   111-2,USD,,                    one without: its inner fields are empty
 *
 * Neighbours with an equal key (without a key: with all outer fields equal) are
 * one record. Everything about columns, marks and bytes is extract/flat's.
 */
#ifndef SLUICE_EXTRACT_NESTED_H
#define SLUICE_EXTRACT_NESTED_H

#include "extract/flat.h"
#include "model/tree.h"

struct nested;
enum outcome nested_open(const char *path, const struct schema *schema, const struct shapes *shapes,
                         enum charset charset, struct in_limits limits, struct nested **nested,
                         struct err *err);
/* OUT_END after the last; the batch's tree is the caller's. */
enum outcome nested_next(struct nested *nested, struct tree_batch *batch, struct err *err);
struct flat *nested_flat(const struct nested *nested);
void nested_close(struct nested *nested);

#endif
