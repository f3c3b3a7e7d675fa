"""wire/feeds: what the local SP-API makes of the feeds it is given: listings, orders, processing reports.

    feeds.py SPAPI [SCHEMAS]       prints "feeds: N of N"

SCHEMAS: the folder of Amazon's schemas; the reports of listings feeds are held against theirs, where it and jsonschema are.
"""
import shutil
import sys
import tempfile

import feeds_listings
import feeds_orders
from seller import Amazon, Checks


def main(spapi, schemas=None):
    state, check = tempfile.mkdtemp(prefix="sluice-feeds-"), Checks()
    amazon = Amazon(spapi, state)
    try:
        listings = feeds_listings.Listings(amazon, feeds_listings.schema_of(schemas))
        for group in feeds_listings.GROUPS:
            group(check, listings)
        for group in feeds_orders.GROUPS:
            group(check, amazon)
        if listings.schema:
            check(f"the {listings.reports} reports are as Amazon's schema says", not listings.wrong, listings.wrong[:5])
    finally:
        amazon.close()
        shutil.rmtree(state)
    print(f"feeds: {check.passed} of {check.passed + check.failed}")
    return check.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
