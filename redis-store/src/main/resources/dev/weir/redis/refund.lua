-- SPDX-License-Identifier: Apache-2.0
-- Gives back what a charge has taken, if it has, and once however often it is asked. KEYS: those of the charge, its mark last.
-- ARGV: its items as ItemCodec writes them for this. Reply: 1 if it was given back, 0 if there was nothing to give.

local call, values = redis.call, false
local told = call('GET', KEYS[#KEYS])
if not told then return {0} end
call('DEL', KEYS[#KEYS])

local words = string.gmatch(told, '%S+')
local takenAt = words()

-- For how long each rate of the next bucket would have been whole by now, had nothing been taken. What it would not have gained in
-- that time is not given back: others may have had it meanwhile.
local function wholeFor(rates)
  local since = now > tonumber(takenAt) and now - takenAt or 0
  local whole = {}
  for spare in string.gmatch(words() or '', '%d+') do
    whole[#whole + 1] = since > tonumber(spare) and since - spare or 0
  end
  if #whole ~= rates then
    for rate = 1, rates do whole[rate] = since end -- its numbers have changed
  end
  return whole
end

local function decide(keys, asked)
-- include decide.lua
end

local keys = {}
for i = 1, #KEYS - 1 do keys[i] = KEYS[i] end
decide(keys, ARGV[1])
return {1}
