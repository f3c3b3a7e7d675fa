# bench/report: the runs as one table of medians (and the best run: far above the median, the machine was busy),
# then the bars beside what was reached.
# In: work, program, threads, bytes, wall us, user us, system us, peak KiB, exit, exact; tab-separated.
function median(id,    i, j, n, t, list) {
  n = count[id]
  for (i = 1; i <= n; i++) list[i] = wall[id, i]
  for (i = 2; i <= n; i++) {
    t = list[i]
    for (j = i - 1; j >= 1 && list[j] > t; j--) list[j + 1] = list[j]
    list[j + 1] = t
  }
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
function has(id) { return (id in count) }
function speed(id) { return bytes[id] / median(id) }
function bar(name, mine, other, factor, words,    need) {
  if (!has(other)) {
    printf "%-20s not measured: no %s\n", name, words
    return
  }
  need = factor * speed(other)
  if (!has(mine)) printf "%-20s not measured; the bar is %.2f x %s = %.0f MB/s\n", name, factor, words, need
  else
    printf "%-20s %.2f x %s (bar %.2f)  %s\n", name, speed(mine) / speed(other), words, factor,
      (speed(mine) >= need ? "reached" : "MISSED")
}
function memory(name, id, most) {
  if (!has(id)) printf "%-20s not measured; the bar is %d MiB\n", name, most
  else printf "%-20s %.1f MiB (bar %d)  %s\n", name, peak[id] / 1024, most, (peak[id] < most * 1024 ? "reached" : "MISSED")
}
function row(id,    mine, ratio) {
  mine = work[id] "|sluice|" threads[id]
  ratio = has(mine) && id != mine ? sprintf("%.2f x", speed(mine) / speed(id)) : "-"
  printf "%-6s %-14s %7d %5d %9.0f %9.0f %12s %10s  %s\n", work[id], program[id], threads[id], count[id], speed(id),
    bytes[id] / least[id], ratio, peak[id] ? sprintf("%.1f", peak[id] / 1024) : "-", exact[id]
}
BEGIN { FS = "\t" }
{
  id = $1 "|" $2 "|" $3
  if (!(id in count)) order[++entries] = id
  if (!seen[$1]++) name[++works] = $1
  wall[id, ++count[id]] = $5
  if (count[id] == 1 || $5 < least[id]) least[id] = $5
  bytes[id] = $4
  work[id] = $1; program[id] = $2; threads[id] = $3
  if ($8 > peak[id]) peak[id] = $8
  if (exact[id] == "" || $10 != "yes") exact[id] = $10
}
END {
  printf "%-6s %-14s %7s %5s %9s %9s %12s %10s  %s\n", "work", "program", "threads", "runs", "MB/s", "best", "sluice is", "peak MiB", "exact"
  for (w = 1; w <= works; w++) {
    if (w > 1) print ""
    for (i = 1; i <= entries; i++) if (work[order[i]] == name[w]) row(order[i])
  }
  print ""
  if (scale > 1) print "At a scale of 1/" scale " starting a program counts: DuckDB's speeds, and so its bars, mean nothing here."
  bar("W1 1 thread", "W1|sluice|1", "W1|DuckDB|1", 4, "DuckDB 1 thread")
  bar("W1 1 thread", "W1|sluice|1", "W1|bare loop|1", 0.5, "the bare loop")
  bar("W1 2 threads", "W1|sluice|2", "W1|DuckDB|2", 4, "DuckDB 2 threads")
  bar("W1r 1 thread", "W1r|sluice|1", "W1|sluice|1", 0.85, "W1")
  bar("W1r 2 threads", "W1r|sluice|2", "W1|sluice|2", 0.85, "W1")
  bar("W1p 1 thread", "W1p|sluice|1", "W1|sluice|1", 0.7, "W1")
  bar("W1p 2 threads", "W1p|sluice|2", "W1|sluice|2", 0.7, "W1")
  slowest = "W1f|SHA-256|1"
  if (has("W1f|sealing|1") && speed("W1f|sealing|1") < speed(slowest)) slowest = "W1f|sealing|1"
  if (has("W1f|synced write|1") && speed("W1f|synced write|1") < speed(slowest)) slowest = "W1f|synced write|1"
  bar("W1f with custody", "W1f|sluice|2", slowest, 0.8, program[slowest])
  bar("W2 1 thread", "W2|sluice|1", "W2|DuckDB|1", 5, "DuckDB 1 thread")
  bar("W3 1 thread", "W3|sluice|1", "W3|ISA-L inflate|1", 0.9, "ISA-L inflate")
  bar("W3 2 threads", "W3|sluice|2", "W3|ISA-L inflate|1", 0.9, "ISA-L inflate")
  bar("XML 2 threads", "XML|sluice|2", "XML|bare SAX2|1", 0.65, "bare SAX2")
  for (t = 1; t <= 2; t++) {
    memory("W1 memory, 1 GB, " t, "W1|sluice|" t, 32)
    memory("W1 memory, 8 GB, " t, "W1@8|sluice|" t, 32)
  }
  if (has("inbox|sluice|1") && has("inboxx10|sluice|1"))
    printf "%-20s ten times the files: %.1f times the time, %.1f -> %.1f MiB; %.2f x cp and sync\n", "small files",
      median("inboxx10|sluice|1") / median("inbox|sluice|1"), peak["inbox|sluice|1"] / 1024,
      peak["inboxx10|sluice|1"] / 1024, speed("inboxx10|sluice|1") / speed("inboxx10|cp and sync|1")
  memory("XML memory, 500 MB", "XML|sluice|2", 32)
  memory("W1f memory, 8 GB", "W1f@8|sluice|2", 256)
}
