-- SPDX-License-Identifier: Apache-2.0
-- Decides charges of several requests, one after the other, each as if it had come alone. KEYS: those of the first charge, then
-- those of the next. ARGV: how many keys each has, as texts of two bytes; then the items of each. Reply: for each charge its
-- answer, or the error that it alone has met.
--
-- What a bucket holds is read once and written once, however many charges it, so most of a batch costs no command.

local ask, get, sub = redis.call, string.byte, string.sub
local texts, writes, lives = {}, {}, {} -- by key: what it holds (false: nothing), and how and for how long it is to be written

local function call(command, key, first, second, ...)
  if command == 'GET' then
    local held = texts[key]
    if held == nil then
      held = ask('GET', key)
      texts[key] = held
    end
    return held
  elseif command == 'SETRANGE' then
    local held = texts[key]
    texts[key] = sub(held, 1, first) .. second .. sub(held, first + #second + 1)
  elseif command == 'EXPIRE' then
    writes[key], lives[key] = 'SETEX', first
  elseif command == 'SETEX' or command == 'PSETEX' then
    texts[key], writes[key], lives[key] = second, command, first
  elseif command == 'MGET' then
    return false -- asked for one by one, which costs no command here
  elseif second then
    return ask(command, key, first, second, ...)
  elseif first then
    return ask(command, key, first)
  else
    return ask(command, key)
  end
end

local function decide(keys, asked)
-- include decide.lua
end

-- What is no text counts as not looked at, so that the charge which meets it has the error.
if #KEYS > 0 then
  local held = ask('MGET', unpack(KEYS))
  for i = 1, #KEYS do texts[KEYS[i]] = held[i] or nil end
end

local out, at = {}, 0
for i = 2, #ARGV do
  local high, low = get(ARGV[1], 2 * i - 3, 2 * i - 2)
  local keys = {}
  for j = 1, high * 256 + low do keys[j] = KEYS[at + j] end
  at = at + #keys
  local done, answer = pcall(decide, keys, ARGV[i])
  if done then
    out[i - 1] = answer
  else
    out[i - 1] = {err = type(answer) == 'table' and answer.err or answer}
  end
end
for key, command in pairs(writes) do ask(command, key, lives[key], texts[key]) end
return out
