-- SPDX-License-Identifier: Apache-2.0
-- A part of charge.lua: buckets of several rates, and those whose stored numbers are not those of the sender.
-- For each rate a row: capacity, tokens per period, period, size, rounding error.

local floor, ceil, max, min = math.floor, math.ceil, math.max, math.min
local EXACT = 9007199254740992 -- 2^53

-- The bandwidths of a stored configuration, and where they end.
local function bandwidths(bytes)
  local layout, version, count, pos = read('>i4i4i4', bytes)
  if (layout ~= 1 and layout ~= 2) or version ~= 1 then error('WEIR unknown format of a bucket') end
  local rows, ids = {}, {}
  for i = 1, count do
    local v, capacity, initial, period, tokens, interval, first, adaptive, named
    v, capacity, initial, period, tokens, interval, first, adaptive, named, pos = read('>i4i8i8i8i8Bi8BB', bytes, pos)
    if v ~= 1 or interval ~= 0 or initial ~= capacity or period % NANOS ~= 0
        or max(2 * capacity, tokens + 1) * (period / NANOS) > EXACT then
      error('WEIR bandwidth that is not one of Weir')
    end
    if named == 1 then
      local length
      length, pos = read('>H', bytes, pos)
      ids[i] = sub(bytes, pos, pos + length - 1)
      pos = pos + length
    end
    rows[i] = {capacity, tokens, period / NANOS, capacity, 0}
  end
  local type, typeVersion, longs
  type, typeVersion, longs, pos = read('>i4i4i4', bytes, pos)
  if type ~= 3 or typeVersion ~= 1 or longs ~= 3 * count then error('WEIR unknown state of a bucket') end
  return rows, ids, pos
end

local function refill(row, elapsed)
  local capacity, tokens, period, size = row[1], row[2], row[3], row[4]
  if elapsed <= 0 or size >= capacity then return end
  if elapsed > period then
    local over = elapsed % period
    size = size + (elapsed - over) / period * tokens
    elapsed = over
  end
  local parts = tokens * elapsed + row[5]
  local rest = parts % period
  size = size + (parts - rest) / period
  if size >= capacity then row[4], row[5] = capacity, 0 else row[4], row[5] = size, rest end
end

-- Bucket4j's ADDITIVE inheritance: a larger capacity adds the difference, a smaller one cuts off.
local function inherit(to, from)
  local capacity, size = to[1], from[4]
  if size >= from[1] and capacity > from[1] then return end
  if capacity > from[1] then size = size + capacity - from[1] end
  if size >= capacity then return end
  to[4] = size
  to[5] = min(floor(to[3] / from[3]) * from[5], to[3] - 1)
end

-- The rows of a newer configuration, from what is left in those of an older one.
local function changed(head, rows, ids)
  local wanted, wantedIds = bandwidths(head)
  for i = 1, #wanted do
    for j = 1, #rows do
      if wantedIds[i] == ids[j] then
        inherit(wanted[i], rows[j])
        break
      end
    end
  end
  return wanted
end

-- Reads the state of rows, and fills them up. Answers whether a time in it is ahead of the clock, and where it ends.
local function readRows(rows, bytes, at)
  local ahead = false
  for i = 1, #rows do
    local row, lastHigh, lastLow, rest = rows[i], nil, nil, nil
    lastHigh, lastLow, row[4], rest, at = read('>I4I4i8i8', bytes, at)
    local nanos = lastHigh * 967296 + lastLow
    local part = nanos % NANOS
    local elapsed = now - lastHigh * 4294 - (nanos - part) / NANOS - (part > 0 and 1 or 0)
    if elapsed < 0 then ahead = true end
    row[5] = floor(rest / NANOS)
    refill(row, elapsed)
  end
  return ahead, at
end

local function readBucket(item, key, rows, head)
  item.rows, item.head, item.consumed = rows, head, 0
  local bytes = call('GET', key)
  if not bytes then return end

  local start, ids = #head + 1, nil
  local same = find(bytes, head, 1, true) == 1
  if not same then rows, ids, start = bandwidths(bytes) end
  local tail
  item.write, tail = readRows(rows, bytes, start)
  item.consumed = read('>i8', bytes, tail + 4)
  local storedHigh, storedLow = -1, -1
  if #bytes > tail + 12 and read('B', bytes, tail + 12) == 1 then
    storedHigh, storedLow = read('>I4I4', bytes, tail + 13)
  end
  if item.high > storedHigh or (item.high == storedHigh and item.low > storedLow) then
    item.write = true
    if not ids then ids = ({bandwidths(bytes)})[2] end
    item.rows = changed(head, rows, ids)
  elseif not same or item.high ~= storedHigh or item.low ~= storedLow then
    item.rows, item.head, item.high, item.low, item.follows = rows, sub(bytes, 1, start - 1), storedHigh, storedLow, true
  end
end

-- How long it would take until each of its rates is whole.
local function spare(item)
  local each = {}
  for i = 1, #item.rows do
    local row = item.rows[i]
    each[i] = format('%.0f', floor(((row[1] - row[4]) * row[3] - row[5]) / row[2]))
  end
  return table.concat(each, ',')
end

local function judge(item)
  local cost, verdict = item.cost, PASSED
  for i = 1, #item.rows do
    local row = item.rows[i]
    if cost > row[1] then return IMPOSSIBLE end
    if cost > row[4] then verdict = REFUSED end
  end
  return verdict
end

-- What is owed from a time of larger numbers may take longer than counts.
local function gain(row, tokens)
  if tokens <= 0 then return 0 end
  return min(FAR, ceil((tokens * row[3] - row[5]) / row[2]))
end

-- Gives back to a row, and answers what it holds then.
local function giveBack(row, cost, whole)
  local parts = cost * row[3] - row[2] * whole
  if parts <= 0 or row[4] >= row[1] then return row[4] end
  parts = parts + row[5]
  row[5] = parts % row[3]
  local size = row[4] + (parts - row[5]) / row[3]
  if size < row[1] then return size end
  row[5] = 0
  return row[1]
end

local function finish(item, key, takes)
  local rows, taken = item.rows, 0
  if takes then
    taken = item.cost
  elseif item.action == SETTLE then
    taken = item.cost
    for i = 1, #rows do taken = min(taken, rows[i][4] + rows[i][1]) end
  end
  taken = max(0, taken)
  local wasWhole = item.action == GIVE and wholeFor(#rows)
  local value, whole = item.head, 0
  local answer = pack('>d', 4 * worst + item.verdict + (item.follows and 16 * #rows or 0))
  if item.follows then
    answer = answer .. pack('>dd', item.high, item.low)
    for i = 1, #rows do answer = answer .. pack('>ddd', rows[i][1], rows[i][2], rows[i][3]) end
  end
  for i = 1, #rows do
    local row = rows[i]
    local size = row[4] - taken
    if item.action == GIVE then size = giveBack(row, item.cost, wasWhole[i]) end
    local reset = gain(row, row[1] - size)
    whole = max(whole, reset)
    value = value .. pack('>I4I4i8i8', stampHigh, stampLow, size, row[5] * NANOS)
    local left = max(0, size)
    if item.verdict == PASSED then
      answer = answer .. pack('>dd', left, reset)
    else
      answer = answer .. pack('>ddd', left, item.cost > row[1] and -1 or gain(row, item.cost - size), reset)
    end
  end
  if item.write or taken ~= 0 or item.action == GIVE then
    local consumed = item.action == GIVE and -item.cost or taken
    value = value .. pack('>i4i8BI4I4', 1, item.consumed + consumed, 1, item.high, item.low)
    call('PSETEX', key, format('%.0f', whole + MARGIN), value)
  end
  return answer
end

pos = 1
for i = 1, #keys do
  local kind, action, cost, high, low, count, capacity, tokens, period, length, at
  kind, action, cost, high, low, count, capacity, tokens, period, length, at = read('>BBdI4I4BdddI4', asked, pos)
  pos = at + length
  if kind == BUCKET and not items[i] then
    local rows = {{capacity, tokens, period, capacity, 0}}
    for r = 2, count do
      capacity, tokens, period, at = read('>ddd', asked, at)
      rows[r] = {capacity, tokens, period, capacity, 0}
    end
    local item = {action = action, cost = cost, high = high, low = low, verdict = PASSED, finish = finish, spare = spare}
    readBucket(item, keys[i], rows, sub(asked, at, pos - 1))
    if action < SETTLE then item.verdict = judge(item) end
    if action <= LOOK then worst = max(worst, item.verdict) end
    items[i] = item
  end
end
