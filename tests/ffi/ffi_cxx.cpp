// The library from C++11: ownership by unique_ptr, exceptions across C frames.
//
// An exception may not cross the library: the trampoline catches it, hands the library a failure
// status, and the caller rethrows it after the C call has returned.
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <diffdyn/diffdyn.h>

namespace
{

template <class T, void (*destroy)(T *)> struct deleter {
    void operator()(T *object) const
    {
        destroy(object);
    }
};
template <class T, void (*destroy)(T *)> using handle = std::unique_ptr<T, deleter<T, destroy>>;

using context = handle<ddn_context, ddn_context_destroy>;
using dataset = handle<ddn_dataset, ddn_dataset_destroy>;
using schedule = handle<ddn_schedule, ddn_schedule_destroy>;
using oracle = handle<ddn_oracle, ddn_oracle_destroy>;
using query = handle<ddn_query, ddn_query_destroy>;
using integrator = handle<ddn_integrator, ddn_integrator_destroy>;

class error : public std::runtime_error
{
  public:
    error(ddn_status code, const ddn_context *ctx)
        : std::runtime_error(std::string(ddn_status_name(code)) + ": " + ddn_context_message(ctx)),
          status(code)
    {
    }
    const ddn_status status;
};

void check(const context &ctx, ddn_status status)
{
    if (status < 0) {
        throw error(status, ctx.get());
    }
}

// Calls create(&raw) and owns the result.
template <class H, class F> H make(const context &ctx, F create)
{
    typename H::pointer raw = nullptr;
    check(ctx, create(&raw));
    return H(raw);
}

struct observer {
    std::function<bool(const ddn_step *)> f;
    std::exception_ptr thrown;
    int released;
};

extern "C" {
static int32_t observe(void *user, const ddn_step *step)
{
    observer *self = static_cast<observer *>(user);
    try {
        return self->f(step) ? 0 : 1;
    } catch (...) {
        self->thrown = std::current_exception();
        return -1;
    }
}

static void release(void *user)
{
    static_cast<observer *>(user)->released++;
}
}

// Runs the integrator and rethrows what the observer threw.
ddn_status run(const context &ctx, const oracle &o, observer *seen)
{
    integrator it = make<integrator>(ctx, [&](ddn_integrator **out) {
        return ddn_integrator_create(ctx.get(), o.get(), DDN_METHOD_EULER, out);
    });
    std::vector<double> x(6 * 2);
    check(ctx, ddn_options_set_i64(ddn_integrator_options(it.get()), DDN_INTEGRATOR_STEPS, 12));
    check(ctx, ddn_integrator_draw_start(it.get(), 6, x.data(), 2));
    check(ctx, ddn_integrator_attach_callback(it.get(), 0, observe, seen, release));
    ddn_status status = ddn_integrator_run(it.get(), 6, x.data(), 2);
    if (seen->thrown) {
        std::rethrow_exception(seen->thrown);
    }
    check(ctx, status);
    return status;
}

void require(bool condition, const char *what)
{
    if (!condition) {
        throw std::logic_error(what);
    }
}

void everything()
{
    ddn_context *raw = nullptr;
    require(ddn_context_create(&raw) == DDN_OK, "context");
    context ctx(raw);
    const std::vector<float> points = {1, 0, -1, 0, 0, 2};
    dataset ds = make<dataset>(ctx, [&](ddn_dataset **out) {
        return ddn_dataset_create(ctx.get(), DDN_TYPE_F32, 3, 2, points.data(), 2, out);
    });
    schedule sch = make<schedule>(
        ctx, [&](ddn_schedule **out) { return ddn_schedule_create_ou(ctx.get(), out); });
    oracle o = make<oracle>(ctx, [&](ddn_oracle **out) {
        return ddn_oracle_create_empirical(ctx.get(), ds.get(), sch.get(), out);
    });
    ds.reset(); // the oracle keeps it
    sch.reset();

    query q = make<query>(
        ctx, [&](ddn_query **out) { return ddn_query_create(ctx.get(), o.get(), out); });
    const std::vector<double> x = {0, 1.5, 0.9, 0};
    std::vector<double> w(2);
    std::vector<int64_t> nearest(2);
    check(ctx, ddn_query_bind_f64(q.get(), DDN_OUT_W_MAX, w.data(), 1));
    check(ctx, ddn_query_bind_i64(q.get(), DDN_OUT_ARGMAX, nearest.data()));
    check(ctx, ddn_query_run(q.get(), 0.05, 2, x.data(), 2));
    require(nearest[0] == 2 && nearest[1] == 0 && w[0] > 0.9, "posterior");

    try {
        check(ctx, ddn_query_run(q.get(), -1.0, 2, x.data(), 2));
        require(false, "a negative time was accepted");
    } catch (const error &e) {
        require(e.status == DDN_E_RANGE, "status of a negative time");
        require(std::string(e.what()).find("ddn_query_run") != std::string::npos, e.what());
    }

    int64_t steps = 0;
    observer counting = {[&](const ddn_step *) { return ++steps > 0; }, nullptr, 0};
    require(run(ctx, o, &counting) == DDN_OK && steps == 13, "steps seen");
    require(counting.released == 1, "released once");
    observer stopping = {[](const ddn_step *s) { return ddn_step_index(s) < 5; }, nullptr, 0};
    require(run(ctx, o, &stopping) == DDN_STOPPED, "stopped");
    observer throwing = {[](const ddn_step *s) {
                             if (ddn_step_index(s) == 4) {
                                 throw std::out_of_range("from the observer");
                             }
                             return true;
                         },
                         nullptr, 0};
    try {
        run(ctx, o, &throwing);
        require(false, "nothing was thrown");
    } catch (const std::out_of_range &e) {
        require(std::string(e.what()) == "from the observer", "text");
    }
    require(throwing.released == 1, "released after a throw");
}

} // namespace

int main()
{
    try {
        everything();
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    std::puts("c++: ok");
    return 0;
}
