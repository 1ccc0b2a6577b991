/* TorchScript modules as callbacks. See torch_module.h. SPDX-License-Identifier: MIT */
#include "torch_module.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/script.h>

using torch::Tensor;

struct torch_module {
    std::string path;
    torch_form form;
    torch::jit::Module module;
    torch::ScalarType type = torch::kFloat; /* float or double */
    bool has_jvp = false;
    std::vector<int32_t> known, named; /* classes */
    double seconds = 0;
    int64_t states = 0;
};

/* ---- Errors ------------------------------------------------------------------------------ */

namespace
{

/* What torch says at the end of its many lines, where the cause is. */
std::string cause(const std::exception &e)
{
    const auto *own = dynamic_cast<const c10::Error *>(&e);
    const std::string text = own ? own->what_without_backtrace() : e.what();
    std::string line, last;
    for (const char c : text + "\n") {
        if (c != '\n') {
            line += c;
        } else if (line.find_first_not_of(" ~<>-^.") != std::string::npos) {
            last = line;
            line.clear();
        } else {
            line.clear();
        }
    }
    return last.substr(std::min(last.find_first_not_of(' '), last.size()));
}

void write_line(const std::string &text, char *error, int size)
{
    std::snprintf(error, static_cast<size_t>(size), "%s", text.c_str());
}

/* Runs a piece of C++ for a caller in C: nothing is thrown, a text goes to `report`. */
template <typename Body, typename Report> int guarded(Body &&body, Report &&report) noexcept
{
    try {
        try {
            body();
            return 0;
        } catch (const std::exception &e) {
            report(cause(e));
        } catch (...) {
            report("an exception without a text");
        }
    } catch (...) { /* no memory for the text */
    }
    return -1;
}

/* The same for a callback: the call of the library fails with the text. */
template <typename Body> int32_t answered(torch_module *net, Body &&body) noexcept
{
    const auto start = std::chrono::steady_clock::now();
    const int status = guarded(body, [net](const std::string &text) {
        ddn_context_fail(net->form.ctx, (net->path + " " + text).c_str());
    });
    net->seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return status ? DDN_E_CALLBACK : DDN_OK;
}

[[noreturn]] void fail(const std::string &text)
{
    throw std::runtime_error(text);
}

std::string sizes_text(c10::IntArrayRef sizes)
{
    std::string text;
    for (const int64_t size : sizes) {
        text += (text.empty() ? "" : " x ") + std::to_string(size);
    }
    return text.empty() ? "a single number" : text;
}

/* ---- Asking ------------------------------------------------------------------------------ */

template <typename real> constexpr torch::ScalarType scalar_type()
{
    return std::is_same<real, double>::value ? torch::kDouble : torch::kFloat;
}

/* An array of the library as a tensor of states in the module's shape: no copy. */
template <typename real> Tensor lend(const torch_form &form, const real *x, int64_t m, int64_t ldx)
{
    std::vector<int64_t> sizes{m}, strides{ldx};
    int64_t left = form.d;
    for (int k = 0; k < form.sizes; k++) {
        left /= form.size[k];
        sizes.push_back(form.size[k]);
        strides.push_back(left);
    }
    if (form.sizes == 0) {
        sizes.push_back(form.d);
        strides.push_back(1);
    }
    return torch::from_blob(const_cast<real *>(x), sizes, strides,
                            torch::TensorOptions().dtype(scalar_type<real>()));
}

Tensor clock_of(const torch_module &net, double t, double a, double s, int64_t m)
{
    const torch_clock clock = net.form.clock;
    double time = clock == TORCH_CLOCK_SIGMA    ? s / a
                  : clock == TORCH_CLOCK_LOGSNR ? 2 * std::log(a / s)
                                                : t;
    time = net.form.time_scale * time + net.form.time_shift;
    const bool whole = clock == TORCH_CLOCK_INDEX;
    if (whole && std::fabs(time - std::nearbyint(time)) > 1e-6) {
        fail("takes whole indices, and is asked at " + std::to_string(time));
    }
    return torch::full({m}, whole ? std::nearbyint(time) : time,
                       torch::TensorOptions().dtype(whole ? torch::kLong : net.type));
}

/* The answer to states of the module's type, as long as they live. */
Tensor ask(torch_module &net, const Tensor &x, const Tensor *time)
{
    std::vector<c10::IValue> arguments{x};
    if (time != nullptr) {
        arguments.emplace_back(*time);
    }
    net.states += x.size(0);
    const c10::IValue answer = net.module.forward(std::move(arguments));
    if (!answer.isTensor()) {
        fail("answers " + answer.type()->str() + ", not a tensor");
    }
    if (x._version() != 0) {
        fail("changes its input in place: it must work on a copy");
    }
    return answer.toTensor();
}

Tensor prediction(torch_module &net, const Tensor &x, double t, double a, double s)
{
    const Tensor time = clock_of(net, t, a, s, x.size(0));
    const Tensor y = ask(net, x, net.form.clock == TORCH_CLOCK_NONE ? nullptr : &time);
    const std::vector<int64_t> flat{x.size(0), net.form.d};
    if (y.sizes() != x.sizes() && y.sizes() != c10::IntArrayRef(flat)) {
        fail("answers " + sizes_text(y.sizes()) + " numbers to states of " + sizes_text(x.sizes()));
    }
    if (!y.is_floating_point()) {
        fail(std::string("answers numbers of the type ") + c10::toString(y.scalar_type()));
    }
    const Tensor shaped = y.reshape(x.sizes());
    return net.form.answer_scale == 1 ? shaped : shaped * net.form.answer_scale;
}

/* J v: the derivative by u of J^T u, which is linear in u, along v. A part that does not depend on
 * its input has no derivative, which is 0. */
Tensor derivative(torch_module &net, Tensor x, const Tensor &v, double t, double a, double s)
{
    torch::AutoGradMode with_graph(true);
    x.requires_grad_(true);
    const Tensor y = prediction(net, x, t, a, s);
    if (!y.requires_grad()) {
        return torch::zeros_like(v);
    }
    const Tensor u = torch::zeros_like(y).requires_grad_(true);
    const Tensor transposed = torch::autograd::grad({y}, {x}, {u}, true, true, true)[0];
    if (!transposed.defined() || !transposed.requires_grad()) {
        return torch::zeros_like(v);
    }
    const Tensor product =
        torch::autograd::grad({transposed}, {u}, {v.to(y.scalar_type())}, false, false, true)[0];
    return product.defined() ? product : torch::zeros_like(v);
}

/* ---- Callbacks --------------------------------------------------------------------------- */

/* What the library passes to a callback besides v and the answer. */
template <typename real> struct batch {
    double t, a, s;
    int64_t m;
    const real *x;
    int64_t ldx;
};

template <typename real>
int32_t predict(void *user, const batch<real> &b, real *out, int64_t ldo) noexcept
{
    auto *net = static_cast<torch_module *>(user);
    return answered(net, [&] {
        const torch::NoGradGuard no_graph;
        lend(net->form, out, b.m, ldo)
            .copy_(prediction(*net, lend(net->form, b.x, b.m, b.ldx), b.t, b.a, b.s));
    });
}

template <typename real>
int32_t differentiate(void *user, const batch<real> &b, const real *v, int64_t ldv, real *out,
                      int64_t ldo) noexcept
{
    auto *net = static_cast<torch_module *>(user);
    return answered(net, [&] {
        const Tensor product = derivative(*net, lend(net->form, b.x, b.m, b.ldx),
                                          lend(net->form, v, b.m, ldv), b.t, b.a, b.s);
        const torch::NoGradGuard no_graph;
        lend(net->form, out, b.m, ldo).copy_(product);
    });
}

int32_t predict_f32(void *user, double t, double a, double s, int64_t m, int64_t, const float *x,
                    int64_t ldx, float *out, int64_t ldo)
{
    return predict<float>(user, {t, a, s, m, x, ldx}, out, ldo);
}

int32_t predict_f64(void *user, double t, double a, double s, int64_t m, int64_t, const double *x,
                    int64_t ldx, double *out, int64_t ldo)
{
    return predict<double>(user, {t, a, s, m, x, ldx}, out, ldo);
}

int32_t jvp_f32(void *user, double t, double a, double s, int64_t m, int64_t, const float *x,
                int64_t ldx, const float *v, int64_t ldv, float *out, int64_t ldo)
{
    return differentiate<float>(user, {t, a, s, m, x, ldx}, v, ldv, out, ldo);
}

int32_t jvp_f64(void *user, double t, double a, double s, int64_t m, int64_t, const double *x,
                int64_t ldx, const double *v, int64_t ldv, double *out, int64_t ldo)
{
    return differentiate<double>(user, {t, a, s, m, x, ldx}, v, ldv, out, ldo);
}

/* The class of each state, as the module says. */
void classify(torch_module &net, int64_t m, const double *x, int64_t ldx, int32_t *class_out)
{
    const torch::NoGradGuard no_graph;
    const Tensor states = lend(net.form, x, m, ldx).to(net.type, false, true);
    Tensor y = ask(net, states, nullptr);
    const bool numbers = y.is_floating_point();
    if (y.dim() != (numbers ? 2 : 1) || y.size(0) != m || (numbers && y.size(1) < 2)) {
        fail("answers " + sizes_text(y.sizes()) + " numbers to " + std::to_string(m) +
             " states: a classifier gives two or more a state, or one whole number");
    }
    if (numbers && !torch::isfinite(y).all().item<bool>()) {
        fail("answers NaN or infinity for a class");
    }
    if (numbers && net.named.empty()) {
        const bool as_known = static_cast<size_t>(y.size(1)) == net.known.size();
        for (int32_t k = 0; k < y.size(1); k++) {
            net.named.push_back(as_known ? net.known[static_cast<size_t>(k)] : k);
        }
    }
    if (numbers && y.size(1) != static_cast<int64_t>(net.named.size())) {
        fail("tells " + std::to_string(y.size(1)) + " classes apart, " +
             std::to_string(net.named.size()) + " are named (--classifier-labels)");
    }
    y = (numbers ? y.argmax(1) : y).to(torch::kLong).contiguous();
    const int64_t *found = y.data_ptr<int64_t>();
    for (int64_t r = 0; r < m; r++) {
        const int64_t c = numbers ? net.named[static_cast<size_t>(found[r])] : found[r];
        bool known = net.known.empty() && c > INT32_MIN && c <= INT32_MAX;
        for (const int32_t label : net.known) {
            known = known || label == c;
        }
        if (!known) {
            fail("says class " + std::to_string(c) +
                 " of a state, which no point has (--classifier-labels says which is which)");
        }
        class_out[r] = static_cast<int32_t>(c);
    }
}

/* ---- Loading ----------------------------------------------------------------------------- */

/* Float or double, as the numbers that it learned, or where it has none as those that it keeps. */
void choose_type(torch_module &net)
{
    int64_t parameters = 0;
    const auto take = [&net](const Tensor &of) {
        const torch::ScalarType type = of.scalar_type();
        if (type == torch::kHalf || type == torch::kBFloat16) {
            fail("has numbers of half precision, which processors do not compute with: save "
                 "module.float()");
        }
        net.type = type == torch::kDouble ? torch::kDouble : net.type;
    };
    for (const Tensor &p : net.module.parameters()) {
        p.requires_grad_(false);
        take(p);
        parameters++;
    }
    if (parameters == 0) {
        for (const Tensor &b : net.module.buffers()) {
            take(b);
        }
    }
}

void load(torch_module &net)
{
    struct stat about;
    if (access(net.path.c_str(), R_OK) != 0) {
        fail(std::string("cannot be read: ") + std::strerror(errno));
    }
    if (stat(net.path.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) {
        fail("is a directory");
    }
    try {
        net.module = torch::jit::load(net.path, torch::kCPU);
    } catch (const std::exception &e) {
        fail("is no TorchScript module, as torch.jit.save writes it: " + cause(e));
    }
    net.module.eval();
    choose_type(net);
}

/* Largest difference of two tensors, over the largest number of the second. */
double unlike(const Tensor &a, const Tensor &b)
{
    const double scale = b.abs().max().item<double>();
    const double difference = (a - b).abs().max().item<double>();
    return difference == 0 ? 0 : difference / scale;
}

/* Autograd against a symmetric difference: it may be that a module hides its graph. */
std::string try_jvp(torch_module &net, const Tensor &x, double t, double a, double s)
{
    std::string text;
    guarded(
        [&] {
            const double step = s / 32 / std::sqrt(static_cast<double>(net.form.d));
            const Tensor v = torch::sign(x), h = v * step;
            const Tensor by_graph = derivative(net, x.clone(), v, t, a, s).detach();
            const torch::NoGradGuard no_graph;
            const Tensor by_difference =
                (prediction(net, x + h, t, a, s) - prediction(net, x - h, t, a, s)) / (2 * step);
            net.has_jvp = unlike(by_graph, by_difference) < 0.25;
            if (!net.has_jvp) {
                text = "has another derivative by autograd than by differences";
            }
        },
        [&text](const std::string &why) { text = "has no second derivative: " + why; });
    return text.empty() ? text : text + "; differences are taken";
}

} // namespace

/* ---- The interface ----------------------------------------------------------------------- */

torch_module *torch_module_open(const char *path, const torch_form *form, char *error, int size)
{
    torch_module *net = nullptr;
    const int status = guarded(
        [&] {
            /* The plain executor: the same bits from the first call on, and graphs of all parts. */
            torch::jit::setGraphExecutorOptimize(false);
            at::set_num_threads(form->threads);
            net = new torch_module{path, *form, {}, torch::kFloat, false, {}, {}, 0, 0};
            load(*net);
        },
        [&](const std::string &text) { write_line(std::string(path) + " " + text, error, size); });
    if (status != 0) {
        delete net;
        return nullptr;
    }
    return net;
}

void torch_module_close(void *module)
{
    delete static_cast<torch_module *>(module);
}

int torch_module_try(torch_module *net, double t, double a, double s, int64_t m, const double *x,
                     char *error, int size)
{
    std::string remark;
    const auto report = [&](const std::string &text) {
        write_line(text.empty() ? text : net->path + " " + text, error, size);
    };
    const int status = guarded(
        [&] {
            const Tensor states = lend(net->form, x, m, net->form.d).to(net->type, false, true);
            {
                const torch::NoGradGuard no_graph;
                const Tensor all = prediction(*net, states, t, a, s);
                const Tensor last = prediction(*net, states.slice(0, m - 1, m), t, a, s);
                if (!torch::isfinite(all).all().item<bool>()) {
                    fail("answers NaN or infinity at the time " + std::to_string(t));
                }
                if (unlike(all.slice(0, m - 1, m), last) > 1e-3) {
                    fail("gives a state another answer with others than alone: was it saved in "
                         "training mode (.eval())?");
                }
            }
            report(try_jvp(*net, states, t, a, s));
        },
        report);
    return status;
}

ddn_status torch_module_attach(const torch_module *net, ddn_model *model)
{
    const bool twice = net->type == torch::kDouble;
    const ddn_status status = twice ? ddn_model_set_predict_f64(model, predict_f64)
                                    : ddn_model_set_predict_f32(model, predict_f32);
    if (status != DDN_OK || !net->has_jvp) {
        return status;
    }
    return twice ? ddn_model_set_jvp_f64(model, jvp_f64) : ddn_model_set_jvp_f32(model, jvp_f32);
}

int torch_module_has_jvp(const torch_module *net)
{
    return net->has_jvp;
}

int torch_module_name_classes(torch_module *net, int64_t count, const int32_t *known, int64_t names,
                              const int32_t *named)
{
    return guarded(
        [&] {
            net->known.assign(known, known + count);
            net->named.assign(named, named + names);
        },
        [](const std::string &) {});
}

int torch_module_try_classifier(torch_module *net, int64_t m, const double *x, char *error,
                                int size)
{
    return guarded(
        [&] {
            std::vector<int32_t> found(static_cast<size_t>(m));
            classify(*net, m, x, net->form.d, found.data());
        },
        [&](const std::string &text) { write_line(net->path + " " + text, error, size); });
}

int32_t torch_classes(void *module, int64_t m, int64_t, const double *x, int64_t ldx,
                      int32_t *class_out)
{
    auto *net = static_cast<torch_module *>(module);
    return answered(net, [&] { classify(*net, m, x, ldx, class_out); });
}

double torch_module_seconds(const torch_module *net, int64_t *states)
{
    *states = net->states;
    return net->seconds;
}
