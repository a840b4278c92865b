-- SPDX-License-Identifier: Apache-2.0
-- Says that an instance lives. KEYS: instances, fingerprint of the secret. ARGV: this instance, its fingerprint.
-- Reply: how many live, whether all have the same fingerprint.

local memory = 60000
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - memory))
-- A clock went back: whoever lives says so again within a second.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now + 1000), '+inf')
redis.call('PEXPIRE', KEYS[1], memory)
local same = 1
local known = redis.call('GET', KEYS[2])
if known and known ~= ARGV[2] then
  same = 0
else
  redis.call('SET', KEYS[2], ARGV[2], 'PX', memory)
end
return {redis.call('ZCARD', KEYS[1]), same}
