-- SPDX-License-Identifier: Apache-2.0
-- Decides charges of several requests, one after the other, each as if it had come alone. KEYS: those of the first charge, then
-- those of the next. ARGV: how many keys each has, as texts of two bytes; then the items of each. Reply: for each charge its
-- answer, or the error that it alone has met.
--
-- All keys are read at once. What several charges ask for is then held here, and written once behind all of them, so that most of
-- a batch for one caller costs no command; a charge whose keys are its own has nothing to gain by that and goes past it.

local ask, get, sub = redis.call, string.byte, string.sub
local texts, writes, lives = {}, {}, {} -- by key: what it holds (false: nothing), and how and for how long it is to be written

local function held(command, key, first, second, ...)
  if command == 'GET' then
    local text = texts[key]
    if text == nil then
      text = ask('GET', key)
      texts[key] = text
    end
    return text
  elseif command == 'SETRANGE' then
    local text = texts[key]
    texts[key] = sub(text, 1, first) .. second .. sub(text, first + #second + 1)
  elseif command == 'EXPIRE' then
    writes[key], lives[key] = 'SETEX', first
  elseif command == 'SETEX' or command == 'PSETEX' then
    texts[key], writes[key], lives[key] = second, command, first
  elseif second then
    return ask(command, key, first, second, ...)
  elseif first then
    return ask(command, key, first)
  else
    return ask(command, key)
  end
end

local function decide(keys, asked, call, values)
-- include decide.lua
end

local found, shared = {}, {} -- by place, and by key
if #KEYS > 0 then
  found = ask('MGET', unpack(KEYS))
  for i = 1, #KEYS do
    local key = KEYS[i]
    shared[key] = shared[key] ~= nil
  end
end

local out, at = {}, 0
local oldTexts, oldWrites, oldLives = {}, {}, {} -- by place: as they were before a charge
for i = 2, #ARGV do
  local high, low = get(ARGV[1], 2 * i - 3, 2 * i - 2)
  local keys, values, call = {}, {}, ask
  for j = 1, high * 256 + low do
    local key = KEYS[at + j]
    keys[j], values[j] = key, found[at + j]
    if shared[key] then call = held end
  end
  at = at + #keys
  if call == held then
    for j = 1, #keys do
      local key = keys[j]
      if texts[key] == nil then texts[key] = values[j] or nil end -- what is no text is asked for by who meets it, and has the error
      oldTexts[j], oldWrites[j], oldLives[j] = texts[key], writes[key], lives[key]
    end
  end
  local done, answer = pcall(decide, keys, ARGV[i], call, call == ask and values)
  if done then
    out[i - 1] = answer
  else
    out[i - 1] = {err = type(answer) == 'table' and answer.err or answer}
    -- Redis without memory may have stopped it half-way; what it has taken here is not to be written with the others'.
    if call == held then
      for j = 1, #keys do
        local key = keys[j]
        texts[key], writes[key], lives[key] = oldTexts[j], oldWrites[j], oldLives[j]
      end
    end
  end
end
for key, command in pairs(writes) do ask(command, key, lives[key], texts[key]) end
return out
