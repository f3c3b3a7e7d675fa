// bench/rivals/duckdb: the same work by DuckDB, exact (DECIMAL), at its fastest known settings.
//
//   node duckdb.mjs WORK FILE OUTPUT THREADS [SKUS]
//
// WORK: totals, totals-renamed, reshape. FILE may be gzip. Resolves the package
// from the folder that this script was copied to.
import { DuckDBInstance } from '@duckdb/node-api';
import { openSync, readSync, closeSync } from 'node:fs';
import { gunzipSync, constants } from 'node:zlib';

const [work, file, output, threads, skus] = process.argv.slice(2);

function headings() {
  const bytes = Buffer.alloc(65536);
  const fd = openSync(file, 'r');
  const n = readSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
  const start = bytes.subarray(0, n);
  const plain = file.endsWith('.gz') ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
  return plain.toString('utf8').split('\n', 1)[0].split('\t');
}

// Every column is named text but the amount: nothing is sniffed, only the columns used are converted.
function read(amount) {
  const columns = headings().map((name) => `'${name}': '${name === amount ? 'DECIMAL(18,2)' : 'VARCHAR'}'`);
  return `read_csv('${file}', delim='\t', quote='', escape='', header=true, auto_detect=false,
          columns={${columns.join(', ')}})`;
}

function totals(keys, names, amount, total) {
  const selected = keys.map((key, i) => `"${key}" AS "${names[i]}"`).join(', ');
  return `SELECT ${selected}, sum("${amount}") AS sum, count(*) AS rows FROM ${read(amount)}
          WHERE "${total}" IS NULL GROUP BY ${keys.map((key) => `"${key}"`).join(', ')}`;
}

const triple = ['transaction-type', 'amount-type', 'amount-description'];
const queries = {
  totals: () => totals(triple, triple, 'amount', 'total-amount'),
  'totals-renamed': () =>
    totals(['movement', 'family', 'label', 'channel'], [...triple, 'fulfillment-id'], 'worth', 'payout'),
  reshape: () => `
  SELECT "amazon-order-id",
         substr("purchase-date", 6, 2) || '/' || substr("purchase-date", 9, 2) || '/' || substr("purchase-date", 1, 4)
           AS "purchase-date",
         "order-status", "fulfillment-channel", "sales-channel", "product-name", sku, "InvtID", quantity, currency,
         "item-price", "item-tax", "ship-country"
  FROM ${read('')} AS orders LEFT JOIN items USING (sku)
  WHERE "order-status" <> 'Cancelled'`,
};

const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
// Left to itself the planner hashes the report instead of the sheet: 700 MiB, and the order of rows is lost.
if (skus) {
  await connection.run(`CREATE TABLE items AS FROM read_csv('${skus}', header=true, all_varchar=true)`);
  await connection.run(`SET disabled_optimizers = 'join_order,build_side_probe_side'`);
}
await connection.run(`COPY (${queries[work]()}) TO '${output}' (FORMAT csv, HEADER true, DELIMITER ',')`);
connection.closeSync();
