-- SPDX-License-Identifier: Apache-2.0
-- Decides one charge, all or nothing. KEYS and ARGV: one for each item, see ItemCodec. Reply: see ItemReader.
-- All times are whole milliseconds of this server, so that doubles hold every number exactly; limits for which they could not
-- are refused by the sender. Every item is read before any is taken, so an error means that nothing was taken.

local BUCKET, ROLLING = 0, 1
local TAKE, LOOK, WATCH, SETTLE = 0, 1, 2, 4
local PASSED, REFUSED, IMPOSSIBLE = 0, 1, 2
local MARGIN = 10000 -- how long a key outlives its being whole
local NANOS = 1000000
local EXACT = 9007199254740992 -- 2^53
local FAR = 9300000000000 -- 295 years, beyond what a long holds in nanoseconds

local call, floor, ceil, sub, max, min = redis.call, math.floor, math.ceil, string.sub, math.max, math.min
local read, pack = struct.unpack, struct.pack

local now = clock()
local stamp = ''

-- Nanoseconds since 1970 in eight bytes. Their number needs 61 bits, so it is made in two halves.
local function nanos(ms)
  local upper = floor(ms / 65536)
  local low = (ms - upper * 65536) * NANOS
  local carried = upper * NANOS + floor(low / 65536)
  local high = floor(carried / 65536)
  return pack('>I4I4', high, (carried - high * 65536) * 65536 + low % 65536)
end

-- 2^32 is 4294 * 1000000 + 967296. A part of a millisecond counts as a whole one, so nothing comes back too early.
local function millis(high, low)
  local rest = high * 967296 + low
  local ms = floor(rest / NANOS)
  return high * 4294 + ms + (rest > ms * NANOS and 1 or 0)
end

-- Buckets: Bucket4j's bytes. For each rate a row: capacity, tokens per period, period, size, rounding error.

-- The bandwidths of a stored configuration, and where they end.
local function bandwidths(bytes)
  local format, version, count, pos = read('>i4i4i4', bytes)
  if (format ~= 1 and format ~= 2) or version ~= 1 then error('WEIR unknown format of a bucket') end
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
    local periods = floor(elapsed / period)
    size = size + periods * tokens
    elapsed = elapsed - periods * period
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

local function newer(high, low, thanHigh, thanLow)
  return high > thanHigh or (high == thanHigh and low > thanLow)
end

local function readBucket(item, key, arg, pos)
  local high, low, count
  high, low, count, pos = read('>I4I4B', arg, pos)
  local rows = {}
  for i = 1, count do
    local capacity, tokens, period
    capacity, tokens, period, pos = read('>i8i8i8', arg, pos)
    rows[i] = {capacity, tokens, period, capacity, 0}
  end
  item.rows, item.head, item.high, item.low, item.consumed = rows, sub(arg, pos), high, low, 0
  local bytes = call('GET', key)
  if not bytes then return end

  local head = item.head
  local at = #head + 1
  local tail = at + 24 * count
  local wanted
  local same = sub(bytes, 1, at - 1) == head
  if not same then
    local ids
    wanted, rows, ids, at = rows, bandwidths(bytes)
    tail = at + 24 * #rows
    item.ids = ids
  end
  local last = 0
  for i = 1, #rows do
    local row = rows[i]
    local lastHigh, lastLow, size, rest
    lastHigh, lastLow, size, rest, at = read('>I4I4i8i8', bytes, at)
    local filled = millis(lastHigh, lastLow)
    if filled > now then item.dirty = true end -- a clock went back, and nobody shall wait for it
    row[4], row[5] = size, floor(rest / NANOS)
    refill(row, now - filled)
  end
  local storedHigh, storedLow = -1, -1
  item.consumed = read('>i8', bytes, tail + 4)
  if #bytes > tail + 12 and read('B', bytes, tail + 12) == 1 then
    storedHigh, storedLow = read('>I4I4', bytes, tail + 13)
  end
  if storedHigh == high and storedLow == low and same then
    item.rows = rows
  elseif newer(high, low, storedHigh, storedLow) then
    item.dirty = true
    local ids = item.ids or ({bandwidths(bytes)})[2]
    local _, newIds = bandwidths(head)
    if same then
      wanted = {}
      for i = 1, #rows do wanted[i] = {rows[i][1], rows[i][2], rows[i][3], rows[i][1], 0} end
    end
    for i = 1, #wanted do
      for j = 1, #rows do
        if newIds[i] == ids[j] then inherit(wanted[i], rows[j]) break end
      end
    end
    item.rows = wanted
  else
    item.rows, item.high, item.low, item.stored = rows, storedHigh, storedLow, true
    item.head = sub(bytes, 1, tail - 24 * #rows - 1)
  end
end

local function judgeBucket(item)
  local cost, verdict = item.cost, PASSED
  for i = 1, #item.rows do
    local row = item.rows[i]
    if cost > row[1] then return IMPOSSIBLE end
    if cost > row[4] then verdict = REFUSED end
  end
  return verdict
end

local function takeBucket(item, amount)
  for i = 1, #item.rows do item.rows[i][4] = item.rows[i][4] - amount end
  item.consumed = item.consumed + amount
  item.dirty = true
end

local function settleBucket(item)
  local room = item.cost
  for i = 1, #item.rows do room = min(room, item.rows[i][4] + item.rows[i][1]) end
  if room > 0 then takeBucket(item, room) end
end

-- How long until a row has gained so many tokens. What is owed from a time of larger numbers may take longer than counts.
local function gain(row, tokens)
  if tokens <= 0 then return 0 end
  return min(FAR, ceil((tokens * row[3] - row[5]) / row[2]))
end

local function writeBucket(item, key)
  if stamp == '' then stamp = nanos(now) end
  local parts, whole = {item.head}, 0
  for i = 1, #item.rows do
    local row = item.rows[i]
    parts[#parts + 1] = stamp
    parts[#parts + 1] = pack('>i8i8', row[4], row[5] * NANOS)
    whole = max(whole, gain(row, row[1] - row[4]))
  end
  parts[#parts + 1] = pack('>i4i8BI4I4', 1, item.consumed, 1, item.high, item.low)
  call('SET', key, table.concat(parts), 'PX', string.format('%.0f', whole + MARGIN))
end

local function reportBucket(item, out)
  for i = 1, #item.rows do
    local row = item.rows[i]
    local wait = 0
    if item.verdict ~= PASSED then wait = item.cost > row[1] and -1 or gain(row, item.cost - row[4]) end
    out[#out + 1] = max(0, row[4])
    out[#out + 1] = wait
    out[#out + 1] = gain(row, row[1] - row[4])
  end
end

-- Rolling logs: a list whose first element holds version and numbers, the others the times of what was taken, oldest first.

-- The place, from 1, of the first time that a period still counts; one past the end if there is none.
local function firstLive(key, length, period)
  local low, high = 1, length + 1
  if length > 0 and tonumber(call('LINDEX', key, 1)) > now - period then return 1 end
  while low < high do
    local middle = floor((low + high) / 2)
    if tonumber(call('LINDEX', key, middle)) > now - period then high = middle else low = middle + 1 end
  end
  return low
end

local function decodeRolling(head)
  local high, low, count, pos = read('>I4I4B', head)
  local rows = {}
  for i = 1, count do
    local amount, period
    amount, period, pos = read('>i8i8', head, pos)
    rows[i] = {amount, period}
  end
  return high, low, rows
end

local function longest(rows)
  local period = 0
  for i = 1, #rows do period = max(period, rows[i][2]) end
  return period
end

-- Drops what no rate counts any more. The first element comes back under another number if that is given.
local function trim(key, length, dead, head)
  if dead >= length then
    call('DEL', key)
    call('RPUSH', key, head)
  else
    call('LPOP', key)
    if dead > 0 then call('LTRIM', key, dead, -1) end
    call('LPUSH', key, head)
  end
  return length - dead
end

local function readRolling(item, key, arg, pos)
  local head = sub(arg, pos)
  item.high, item.low, item.rows = decodeRolling(head)
  item.head, item.length, item.dead = head, 0, 0
  local stored = call('LINDEX', key, 0)
  if not stored then return end

  local length = call('LLEN', key) - 1
  if length > 0 and tonumber(call('LINDEX', key, -1)) > now then
    -- A clock went back: what lies ahead of it was taken now at the latest.
    local ahead = 1
    while ahead < length and tonumber(call('LINDEX', key, -ahead - 1)) > now do ahead = ahead + 1 end
    for i = 1, ahead do call('LSET', key, -i, now) end
  end
  local high, low, rows = item.high, item.low, item.rows
  if stored ~= head then
    high, low, rows = decodeRolling(stored)
  end
  item.length = length
  local period = longest(rows)
  item.dead = firstLive(key, length, period) - 1
  if stored ~= head then
    if newer(item.high, item.low, high, low) then
      item.dirty = true
      item.length = trim(key, length, item.dead, head)
      call('PEXPIRE', key, string.format('%.0f', max(period, longest(item.rows)) + MARGIN))
      period = longest(item.rows)
      item.dead = firstLive(key, item.length, period) - 1
    else
      item.high, item.low, item.rows, item.head, item.stored = high, low, rows, stored, true
    end
  end
  for i = 1, #item.rows do
    local row = item.rows[i]
    local dead = row[2] == period and item.dead or firstLive(key, item.length, row[2]) - 1
    row[3] = item.length - dead
  end
  item.newest = item.length > 0 and tonumber(call('LINDEX', key, -1)) or 0
end

local function judgeRolling(item)
  local verdict = PASSED
  for i = 1, #item.rows do
    local row = item.rows[i]
    if item.cost > row[1] then return IMPOSSIBLE end
    if (row[3] or 0) + item.cost > row[1] then verdict = REFUSED end
  end
  return verdict
end

local function takeRolling(item, key, amount)
  if item.length == 0 or item.dead > 0 then item.length = trim(key, item.length, item.dead, item.head) end
  local left = amount
  while left > 0 do
    local some = {}
    for i = 1, min(left, 1000) do some[i] = now end
    call('RPUSH', key, unpack(some))
    left = left - #some
  end
  for i = 1, #item.rows do item.rows[i][3] = (item.rows[i][3] or 0) + amount end
  item.length, item.dead, item.newest = item.length + amount, 0, now
  call('PEXPIRE', key, string.format('%.0f', longest(item.rows) + MARGIN))
end

local function settleRolling(item, key)
  local room = item.cost
  for i = 1, #item.rows do room = min(room, 2 * item.rows[i][1] - (item.rows[i][3] or 0)) end
  if room > 0 then takeRolling(item, key, room) end
end

local function reportRolling(item, key, out)
  for i = 1, #item.rows do
    local amount, period, live = item.rows[i][1], item.rows[i][2], item.rows[i][3] or 0
    local wait = 0
    if item.verdict ~= PASSED then
      local leave = live + item.cost - amount
      if item.cost > amount then
        wait = -1
      elseif leave > 0 then
        wait = tonumber(call('LINDEX', key, item.length - live + leave)) + period - now
      end
    end
    out[#out + 1] = max(0, amount - live)
    out[#out + 1] = wait
    out[#out + 1] = live == 0 and 0 or item.newest + period - now
  end
end

-- Leases: a sorted set of ids by the time of their end, and one member, behind all others, for version and number.

local function readLeases(item, key, arg, pos)
  local head = sub(arg, pos, pos + 15)
  local life, named, idAt = read('>i8B', arg, pos + 16)
  local high, low, most = read('>I4I4i8', head)
  item.high, item.low, item.most, item.head, item.life = high, low, most, head, life
  item.id, item.held = 'l' .. sub(arg, idAt), 0
  local top = call('ZRANGE', key, -2, -1, 'WITHSCORES')
  if #top == 0 then return end

  local stored = sub(top[#top - 1], 2)
  if stored ~= head then
    local storedHigh, storedLow, storedMost = read('>I4I4i8', stored)
    if newer(high, low, storedHigh, storedLow) then
      call('ZREM', key, 'v' .. stored)
      call('ZADD', key, '+inf', 'v' .. head)
    else
      item.high, item.low, item.most, item.head, item.stored = storedHigh, storedLow, storedMost, stored, true
    end
  end
  if #top == 4 and tonumber(top[2]) > now + life then
    -- A clock went back: nobody holds a lease for longer than its life.
    local ahead = call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', now + life), '(+inf')
    for i = 1, #ahead do call('ZADD', key, now + life, ahead[i]) end
  end
  item.held = call('ZCOUNT', key, '(' .. string.format('%.0f', now), '(+inf')
  if named == 1 then
    local ends = call('ZSCORE', key, item.id)
    item.again = ends and tonumber(ends) > now
  end
end

local function judgeLeases(item)
  if item.again or item.held < item.most then return PASSED end
  return REFUSED
end

local function takeLease(item, key)
  call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now))
  call('ZADD', key, string.format('%.0f', now + item.life), item.id)
  call('ZADD', key, '+inf', 'v' .. item.head)
  call('PEXPIRE', key, string.format('%.0f', item.life + MARGIN))
  if not item.again then item.held = item.held + 1 end
end

-- The charge

local items, worst = {}, PASSED
for i = 1, #KEYS do
  local kind, action, cost, pos = read('>BBi8', ARGV[i])
  local item = {kind = kind, action = action, cost = cost, verdict = PASSED}
  local verdict
  if kind == BUCKET then
    readBucket(item, KEYS[i], ARGV[i], pos)
    verdict = judgeBucket(item)
  elseif kind == ROLLING then
    readRolling(item, KEYS[i], ARGV[i], pos)
    verdict = judgeRolling(item)
  else
    readLeases(item, KEYS[i], ARGV[i], pos)
    verdict = judgeLeases(item)
  end
  if action ~= SETTLE then item.verdict = verdict end
  if action == TAKE or action == LOOK then worst = max(worst, item.verdict) end
  items[i] = item
end

local out = {worst}
for i = 1, #KEYS do
  local item, key = items[i], KEYS[i]
  local takes = (item.action == TAKE and worst == PASSED) or (item.action == WATCH and item.verdict == PASSED)
  out[#out + 1] = item.verdict
  if item.stored then
    local rows = item.rows or {{item.most}}
    out[#out + 1] = #rows
    out[#out + 1] = item.high
    out[#out + 1] = item.low
    for r = 1, #rows do
      for n = 1, item.kind == BUCKET and 3 or item.kind == ROLLING and 2 or 1 do out[#out + 1] = rows[r][n] end
    end
  else
    out[#out + 1] = 0
  end
  if item.kind == BUCKET then
    if takes then takeBucket(item, item.cost) elseif item.action == SETTLE then settleBucket(item) end
    if item.dirty then writeBucket(item, key) end
    reportBucket(item, out)
  elseif item.kind == ROLLING then
    if takes then takeRolling(item, key, item.cost) elseif item.action == SETTLE then settleRolling(item, key) end
    reportRolling(item, key, out)
  else
    if takes then takeLease(item, key) end
    out[#out + 1] = max(0, item.most - item.held)
    out[#out + 1] = 0
    out[#out + 1] = 0
  end
end
return out
