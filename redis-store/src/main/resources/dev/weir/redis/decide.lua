-- SPDX-License-Identifier: Apache-2.0
-- A part of charge.lua and batch.lua: decides one charge, all or nothing. It is given keys (one for each item), asked (one text of
-- all items, see ItemCodec), call (what asks Redis) and values (what MGET has answered for the keys, or false), and returns what
-- Reply reads. What is no text counts as absent in values, so what seems absent is asked for once more, and another type of value
-- is an error.
-- All times are whole milliseconds of this server, so that doubles hold every number exactly; limits for which they could not
-- are refused by the sender. refund.lua gives back by it, and says in takenAt when that was taken, and in wholeFor for how long the
-- rates of its next bucket would have been whole since. Every item is read before any is taken, so an error means that nothing was taken.
--
-- Redis runs all of this anew for each charge, and making a function costs as much as calling one. So what most charges need
-- stands here in straight lines; the functions for what is rarer are made in the branch that meets it.

local BUCKET, ROLLING, LEASE = 0, 1, 2 -- and behind all others perhaps a mark, by which the charge can be given back
local TAKE, LOOK, WATCH, SETTLE, GIVE = 0, 1, 2, 4, 5
local PASSED, REFUSED, IMPOSSIBLE = 0, 1, 2
local MARGIN = 10000 -- how long a key outlives its being whole, at least
local KEPT = 3600000 -- how long the ids of services are, that have ended and were not given back
local NANOS = 1000000
local FAR = 9300000000000 -- 295 years, beyond what a long holds in nanoseconds
local LONGEST = 2000000000 -- seconds, 63 years; what %d writes everywhere, in a third of the time that %.0f takes
local HEAD, AFTER_HEAD = 81, '81' -- how long the bytes of a bucket of one rate are up to its time and size

local read, pack, find, sub, format = struct.unpack, struct.pack, string.find, string.sub, string.format
local items = {}
local worst, moreBuckets, rolling = PASSED, false, false
local pos, text = 1, nil

-- What is written as the time of a bucket: nanoseconds since 1970 need 61 bits, so they are made in two halves.
local lower = now % 65536
local upper = (now - lower) / 65536 * NANOS
lower = lower * NANOS
local lowest = lower % 65536
upper = upper + (lower - lowest) / 65536
lower = upper % 65536
local stampHigh, stampLow = (upper - lower) / 65536, lower * 65536 + lowest

for i = 1, #keys do
  local key = keys[i]
  local kind, action, cost, high, low, count, first, second, third, length
  kind, action, cost, high, low, count, first, second, third, length, pos = read('>BBdI4I4BdddI4', asked, pos)
  local verdict, item = PASSED, nil

  if kind == BUCKET then
    -- Of one rate, whose stored numbers are those of the sender; one that is not stored is full. All others: bucket.lua
    local capacity, tokens, period, head = first, second, third, sub(asked, pos, pos + length - 1)
    local plain, size, rest, consumed, write = length == HEAD, capacity, 0, 0, false
    local bytes = plain and (values and values[i] or call('GET', key))
    if bytes then
      plain = #bytes == HEAD + 45 and find(bytes, head, 1, true) == 1
      if plain then
        local lastHigh, lastLow, layout, versioned, storedHigh, storedLow
        lastHigh, lastLow, size, rest, layout, consumed, versioned, storedHigh, storedLow =
          read('>I4I4i8i8i4i8BI4I4', bytes, HEAD + 1)
        plain = versioned == 1 and storedHigh == high and storedLow == low
        -- 2^32 is 4294 * 1000000 + 967296. A part of a millisecond counts as a whole one, so nothing comes back too early.
        local nanos = lastHigh * 967296 + lastLow
        local part = nanos % NANOS
        local elapsed = now - lastHigh * 4294 - (nanos - part) / NANOS
        if part > 0 then elapsed = elapsed - 1 end
        rest = (rest - rest % NANOS) / NANOS
        if elapsed < 0 then
          write = true -- a clock went back, and nobody shall wait for it
        elseif elapsed > 0 and size < capacity then
          if elapsed > period then
            local over = elapsed % period
            size = size + (elapsed - over) / period * tokens
            elapsed = over
          end
          local parts = tokens * elapsed + rest
          rest = parts % period
          size = size + (parts - rest) / period
          if size >= capacity then size, rest = capacity, 0 end
        end
      end
    end
    if plain then
      if action < SETTLE then
        if cost > capacity then verdict = IMPOSSIBLE elseif cost > size then verdict = REFUSED end
      end
      item = {BUCKET, action, cost, verdict, capacity, tokens, period, size, rest, consumed, write, head, high, low, bytes}
    else
      moreBuckets = true
    end

  elseif kind == ROLLING then
    rolling = true

  elseif kind == LEASE then
    -- A sorted set of ids by the time of their end, and one member, behind all others, for version and number.
    local most, life, named, mark, id = first, second, third, sub(asked, pos, pos + 16), nil
    id = sub(asked, pos + 17, pos + length - 1)
    local held, again, follows = 0, false, false
    text = text or format('%.0f', now)
    local top = call('ZRANGE', key, '-2', '-1', 'WITHSCORES')
    if #top > 0 then
      local stored = top[#top - 1]
      if stored ~= mark then
        local storedHigh, storedLow, storedMost = read('>xI4I4i8', stored)
        if high > storedHigh or (high == storedHigh and low > storedLow) then
          call('ZADD', key, '+inf', mark) -- first, because a set that was empty in between would have no life
          call('ZREM', key, stored)
        else
          high, low, most, mark, follows = storedHigh, storedLow, storedMost, stored, true
        end
      end
      if #top == 4 and tonumber(top[2]) > now + life then
        -- A clock went back: nobody holds a lease for longer than its life.
        local latest = format('%.0f', now + life)
        local ahead = call('ZRANGEBYSCORE', key, '(' .. latest, '(+inf')
        for j = 1, #ahead do call('ZADD', key, latest, ahead[j]) end
      end
      held = call('ZCOUNT', key, '(' .. text, '(+inf')
      if named == 1 then
        local ends = call('ZSCORE', key, id)
        again = ends and tonumber(ends) > now
      end
    end
    if action < SETTLE and not again and held >= most then verdict = REFUSED end
    item = {kind, action, cost, verdict, most, held, life, again, mark, id, follows, high, low, named}

  else
    item = {kind, action, first}
  end

  if item and action <= LOOK and verdict > worst then worst = verdict end
  items[i] = item or false
  pos = pos + length
end

if moreBuckets then
-- include bucket.lua
end
if rolling then
-- include rolling.lua
end

local out = ''
for i = 1, #keys do
  local item, key = items[i], keys[i]
  local kind, action, cost, verdict = item[1], item[2], item[3], item[4]
  if not kind then action, verdict = item.action, item.verdict end
  local takes = (action == TAKE and worst == PASSED) or (action == WATCH and verdict == PASSED)

  if kind == BUCKET then
    local capacity, tokens, period, size, rest, write = item[5], item[6], item[7], item[8], item[9], item[11]
    local consumed, taken = item[10], 0
    if takes then
      taken = cost
    elseif action == SETTLE then
      taken = cost < size + capacity and cost or size + capacity
      if taken < 0 then taken = 0 end -- owed since a time of larger numbers
    elseif action == GIVE then
      local parts = cost * period - tokens * wholeFor(1)[1]
      if parts > 0 and size < capacity then
        parts = parts + rest
        rest = parts % period
        taken = (rest - parts) / period
        if size - taken >= capacity then taken, rest = size - capacity, 0 end
        write = true
      end
    end
    if taken ~= 0 then size, consumed, write = size - taken, consumed + taken, true end

    -- How long until it is whole, and until the cost is there, rounded up.
    local reset, wait = 0, 0
    if size < capacity then
      reset = ((capacity - size) * period - rest) / tokens
      reset = reset + -reset % 1
      if reset > FAR then reset = FAR end
    end
    if verdict == REFUSED then
      wait = ((cost - size) * period - rest) / tokens
      wait = wait + -wait % 1
      if wait > FAR then wait = FAR end
    elseif verdict == IMPOSSIBLE then
      wait = -1
    end
    if write then
      local seconds = (reset + MARGIN) / 1000
      seconds = format('%d', seconds < LONGEST and seconds + -seconds % 1 or LONGEST)
      if item[15] then
        call('SETRANGE', key, AFTER_HEAD, pack('>I4I4i8i8i4i8', stampHigh, stampLow, size, rest * NANOS, 1, consumed))
        call('EXPIRE', key, seconds)
      else
        call('SETEX', key, seconds, pack('>c0I4I4i8i8i4i8BI4I4',
          item[12], stampHigh, stampLow, size, rest * NANOS, 1, consumed, 1, item[13], item[14]))
      end
    end
    if size < 0 then size = 0 end
    if verdict == PASSED then
      out = out .. pack('>ddd', 4 * worst, size, reset)
    else
      out = out .. pack('>dddd', 4 * worst + verdict, size, wait, reset)
    end

  elseif kind == LEASE then
    local most, held, life, again, mark, id, follows = item[5], item[6], item[7], item[8], item[9], item[10], item[11]
    local named = item[14]
    if takes then
      -- What has ended without being given back may come back: a service that ran on through an outage (see renew.lua).
      local kept = named == 1 and KEPT or 0
      call('ZREMRANGEBYSCORE', key, '-inf', kept == 0 and text or format('%.0f', now - kept))
      call('ZADD', key, format('%.0f', now + life), id, '+inf', mark)
      call('PEXPIRE', key, format('%.0f', life + MARGIN + kept))
      if not again then held = held + 1 end
    elseif action == GIVE then
      call('ZREM', key, id)
    end
    local code, free = 4 * worst + verdict, most > held and most - held or 0
    if follows then out = out .. pack('>dddd', code + 16, item[12], item[13], most) else out = out .. pack('>d', code) end
    if verdict == PASSED then out = out .. pack('>dd', free, 0) else out = out .. pack('>ddd', free, 0, 0) end

  elseif kind then
    if worst == PASSED then
      -- When it was, and for each bucket how long its rates would have taken to be whole, had nothing been taken.
      local told = format('%.0f', now)
      for j = 1, i - 1 do
        local other = items[j]
        local spare
        if other[1] == BUCKET and other[2] == TAKE then
          spare = ((other[5] - other[8]) * other[7] - other[9]) / other[6]
          spare = format('%.0f', spare - spare % 1)
        elseif other.spare and other.action == TAKE then
          spare = other.spare(other)
        end
        if spare then told = told .. ' ' .. spare end
      end
      call('SET', key, told, 'PX', format('%.0f', item[3]))
    end

  else
    out = out .. item.finish(item, key, takes)
  end
end
return out
