-- SPDX-License-Identifier: Apache-2.0
-- A part of charge.lua: rolling logs. A list whose first element holds version and numbers, the others the times of what was
-- taken, oldest first. For each rate a row: amount, period, how much of it is taken.

local floor, max, min = math.floor, math.max, math.min

-- The place, from 1, of the first time that a period still counts; one past the end if there is none.
local function firstLive(key, length, period)
  local low, high = 1, length + 1
  if length > 0 and tonumber(call('LINDEX', key, '1')) > now - period then return 1 end
  while low < high do
    local middle = floor((low + high) / 2)
    if tonumber(call('LINDEX', key, middle)) > now - period then high = middle else low = middle + 1 end
  end
  return low
end

local function decode(head)
  local high, low, count, pos = read('>I4I4B', head)
  local rows = {}
  for i = 1, count do
    local amount, period
    amount, period, pos = read('>i8i8', head, pos)
    rows[i] = {amount, period, 0}
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
    if dead > 0 then call('LTRIM', key, dead, '-1') end
    call('LPUSH', key, head)
  end
  return length - dead
end

-- A clock went back: what lies ahead of it was taken now at the latest.
local function pullBack(key, length)
  local ahead = 1
  while ahead < length and tonumber(call('LINDEX', key, -ahead - 1)) > now do ahead = ahead + 1 end
  for i = 1, ahead do call('LSET', key, -i, now) end
end

local function readRolling(item, key, head)
  local high, low
  high, low, item.rows = decode(head)
  item.head, item.length, item.dead = head, 0, 0
  local stored = call('LINDEX', key, '0')
  if not stored then return end

  local length = call('LLEN', key) - 1
  local newest = length > 0 and tonumber(call('LINDEX', key, '-1')) or 0
  if newest > now then
    pullBack(key, length)
    newest = now
  end
  local storedHigh, storedLow, rows = high, low, item.rows
  if stored ~= head then storedHigh, storedLow, rows = decode(stored) end
  local period = longest(rows)
  item.length, item.newest, item.dead = length, newest, firstLive(key, length, period) - 1
  if high > storedHigh or (high == storedHigh and low > storedLow) then
    item.length = trim(key, length, item.dead, head)
    call('PEXPIRE', key, format('%.0f', max(period, longest(item.rows)) + MARGIN))
    period = longest(item.rows)
    item.dead = firstLive(key, item.length, period) - 1
  elseif stored ~= head then
    item.high, item.low, item.rows, item.head, item.follows = storedHigh, storedLow, rows, stored, true
  end
  for i = 1, #item.rows do
    local row = item.rows[i]
    local dead = row[2] == period and item.dead or firstLive(key, item.length, row[2]) - 1
    row[3] = item.length - dead
  end
end

local function judge(item)
  local cost, verdict = item.cost, PASSED
  for i = 1, #item.rows do
    local row = item.rows[i]
    if cost > row[1] then return IMPOSSIBLE end
    if row[3] + cost > row[1] then verdict = REFUSED end
  end
  return verdict
end

local function take(item, key, amount)
  if item.length == 0 or item.dead > 0 then item.length = trim(key, item.length, item.dead, item.head) end
  local left = amount
  while left > 0 do
    local some = {}
    for i = 1, min(left, 1000) do some[i] = text end
    call('RPUSH', key, unpack(some))
    left = left - #some
  end
  for i = 1, #item.rows do item.rows[i][3] = item.rows[i][3] + amount end
  item.length, item.dead, item.newest = item.length + amount, 0, now
  call('PEXPIRE', key, format('%.0f', longest(item.rows) + MARGIN))
end

local function wait(item, key, row)
  local leave = row[3] + item.cost - row[1]
  if item.cost > row[1] then return -1 end
  if leave <= 0 then return 0 end
  return tonumber(call('LINDEX', key, item.length - row[3] + leave)) + row[2] - now
end

local function finish(item, key, takes)
  local rows = item.rows
  if takes then
    take(item, key, item.cost)
  elseif item.action == SETTLE then
    local room = item.cost
    for i = 1, #rows do room = min(room, 2 * rows[i][1] - rows[i][3]) end
    if room > 0 then take(item, key, room) end
  elseif item.action == GIVE then
    call('LREM', key, -item.cost, takenAt)
  end
  local answer = pack('>d', 4 * worst + item.verdict + (item.follows and 16 * #rows or 0))
  if item.follows then
    answer = answer .. pack('>dd', item.high, item.low)
    for i = 1, #rows do answer = answer .. pack('>dd', rows[i][1], rows[i][2]) end
  end
  for i = 1, #rows do
    local row = rows[i]
    answer = answer .. pack('>d', max(0, row[1] - row[3]))
    if item.verdict ~= PASSED then answer = answer .. pack('>d', wait(item, key, row)) end
    answer = answer .. pack('>d', row[3] == 0 and 0 or item.newest + row[2] - now)
  end
  return answer
end

text = text or format('%.0f', now)
pos = 1
for i = 1, #keys do
  local kind, action, cost, high, low, count, first, second, third, length, at
  kind, action, cost, high, low, count, first, second, third, length, at = read('>BBdI4I4BdddI4', asked, pos)
  pos = at + length
  if kind == ROLLING then
    local item = {action = action, cost = cost, verdict = PASSED, finish = finish}
    readRolling(item, keys[i], sub(asked, at, pos - 1))
    if action < SETTLE then item.verdict = judge(item) end
    if action <= LOOK then worst = max(worst, item.verdict) end
    items[i] = item
  end
end
