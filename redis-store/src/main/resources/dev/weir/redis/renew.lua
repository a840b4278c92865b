-- SPDX-License-Identifier: Apache-2.0
-- Renews leases. KEYS: their sets. ARGV: the life in milliseconds, then the id of each. Reply: for each 1 if it was renewed, 0 if
-- it is not there: then it was given back. One whose life is over but which is still there was not given back by anybody: its
-- holder could not renew it in time and holds it still, so it counts again, beyond the number of places if need be.

local KEEP = 3600000 -- how long a set outlives its last lease, so that an outage of that length leaves it

local life = tonumber(ARGV[1])
local out = {}
for i = 1, #KEYS do
  if redis.call('ZSCORE', KEYS[i], ARGV[i + 1]) then
    redis.call('ZADD', KEYS[i], string.format('%.0f', now + life), ARGV[i + 1])
    redis.call('PEXPIRE', KEYS[i], string.format('%.0f', life + KEEP))
    out[i] = 1
  else
    out[i] = 0
  end
end
return out
