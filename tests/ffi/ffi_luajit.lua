-- The library from LuaJIT: the preprocessed headers as they are, two points +-1 and the score between them.
-- Usage: luajit ffi_luajit.lua PREPROCESSED_HEADERS LIBRARY.so
local ffi = require("ffi")
ffi.cdef(assert(io.open(arg[1])):read("*a"))
local ddn = ffi.load(arg[2])

local ctx
local function check(status)
    if status < 0 then
        error(ctx and ffi.string(ddn.ddn_context_message(ctx)) or ffi.string(ddn.ddn_status_name(status)))
    end
end

local function made(kind, create, ...)
    local out = ffi.new(kind .. " *[1]")
    local arguments = {...}
    arguments[#arguments + 1] = out
    check(create(unpack(arguments)))
    return out[0]
end

ctx = made("ddn_context", ddn.ddn_context_create)
local points, t, x = ffi.new("double[2]", {-1, 1}), 0.5, 0.3
local ds = made("ddn_dataset", ddn.ddn_dataset_create, ctx, ddn.DDN_TYPE_F64, 2, 1, points, 1)
local sch = made("ddn_schedule", ddn.ddn_schedule_create_ou, ctx)
local oracle = made("ddn_oracle", ddn.ddn_oracle_create_empirical, ctx, ds, sch)
local score = ffi.new("double[1]")
check(ddn.ddn_oracle_score(ctx, oracle, t, 1, ffi.new("double[1]", {x}), 1, score, 1))
local a, s2 = math.exp(-t), 1 - math.exp(-2 * t)
local exact = (a * math.tanh(a * x / s2) - x) / s2
assert(math.abs(score[0] - exact) < 1e-12, score[0] .. " is not " .. exact)

local ok, text = pcall(check, ddn.ddn_oracle_score(ctx, oracle, -1, 1, ffi.new("double[1]", {x}), 1, score, 1))
assert(not ok and text:find("time t = -1", 1, true), text)

-- Not by ffi.gc here: when the program ends, the library may be unloaded before the last finalizers run.
ddn.ddn_oracle_destroy(oracle)
ddn.ddn_schedule_destroy(sch)
ddn.ddn_dataset_destroy(ds)
ddn.ddn_context_destroy(ctx)
print("luajit: ok, score " .. score[0])
