-- SPDX-License-Identifier: Apache-2.0
-- Gives back what a charge has taken, if it has, and once however often it is asked. KEYS: those of the charge, its mark last.
-- ARGV: its items as ItemCodec writes them for this. Reply: 1 if it was given back, 0 if there was nothing to give.

local call, values = redis.call, false
local takenAt = call('GET', KEYS[#KEYS])
if not takenAt then return {0} end
call('DEL', KEYS[#KEYS])

local function decide(keys, asked)
-- include decide.lua
end

local keys = {}
for i = 1, #KEYS - 1 do keys[i] = KEYS[i] end
decide(keys, ARGV[1])
return {1}
