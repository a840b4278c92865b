-- SPDX-License-Identifier: Apache-2.0
-- Renews leases that are still held. KEYS: their sets. ARGV: the life in milliseconds, then the id of each. Reply: for each 1 if
-- it was renewed, 0 if it had ended. One that has ended is not taken again, because another may hold its place.

local life = tonumber(ARGV[1])
local out = {}
for i = 1, #KEYS do
  local ends = redis.call('ZSCORE', KEYS[i], ARGV[i + 1])
  if ends and tonumber(ends) > now then
    redis.call('ZADD', KEYS[i], string.format('%.0f', now + life), ARGV[i + 1])
    redis.call('PEXPIRE', KEYS[i], life + 10000)
    out[i] = 1
  else
    out[i] = 0
  end
end
return out
