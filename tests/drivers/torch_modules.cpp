/* Small TorchScript modules, made without Python. See torch_modules.h. */
#include "torch_modules.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include <torch/script.h>

namespace
{

/* The exact score of the points for the noise level of the Ornstein-Uhlenbeck schedule at time t,
 * and what else is made of it. At the flow's time u: a = 1 - u, s = u. */
const char exact[] = R"(
def mean(self, x: Tensor, a: Tensor, s: Tensor) -> Tensor:
    y = self.points
    distance2 = (x.unsqueeze(1) - a.unsqueeze(1) * y.unsqueeze(0)).pow(2).sum(-1)
    return torch.softmax(-distance2 / (2 * s * s), 1).matmul(y)

def score(self, x: Tensor, t: Tensor) -> Tensor:
    a, s = torch.exp(-t).unsqueeze(1), torch.sqrt(-torch.expm1(-2 * t)).unsqueeze(1)
    return (a * self.mean(x, a, s) - x) / (s * s)

def eps(self, x: Tensor, t: Tensor) -> Tensor:
    return -torch.sqrt(-torch.expm1(-2 * t)).unsqueeze(1) * self.score(x, t)

def x0(self, x: Tensor, t: Tensor) -> Tensor:
    a, s = torch.exp(-t).unsqueeze(1), torch.sqrt(-torch.expm1(-2 * t)).unsqueeze(1)
    return self.mean(x, a, s)

def v(self, x: Tensor, t: Tensor) -> Tensor:
    a, s = torch.exp(-t).unsqueeze(1), torch.sqrt(-torch.expm1(-2 * t)).unsqueeze(1)
    return a * self.eps(x, t) - s * self.x0(x, t)

def velocity(self, x: Tensor, t: Tensor) -> Tensor:
    return -x - self.score(x, t)

def logsnr(self, x: Tensor, t: Tensor) -> Tensor:
    return self.eps(x, 0.5 * torch.log1p(torch.exp(-t)))

def flow(self, x: Tensor, t: Tensor) -> Tensor:
    u = (1 - t).unsqueeze(1)
    m = self.mean(x, 1 - u, u)
    return m - (x - (1 - u) * m) / u

def sigma(self, x: Tensor, t: Tensor) -> Tensor:
    s = t.unsqueeze(1)
    return self.mean(x, torch.ones_like(s), s)
)";

/* Networks of two layers with random weights; the second has a table of 1000 indices. */
const char mlp[] = R"(
def forward(self, x: Tensor, t: Tensor) -> Tensor:
    waves = torch.stack([torch.sin(0.01 * t), torch.cos(0.01 * t)], 1)
    h = torch.cat([x, waves], 1).matmul(self.w1)
    h = h * torch.sigmoid(h)
    return torch.tanh(h.matmul(self.w2)).matmul(self.w3)
)";
const char table[] = R"(
def forward(self, x: Tensor, t: Tensor) -> Tensor:
    h = torch.relu(x.matmul(self.w1) + torch.embedding(self.rows, t))
    return h.matmul(self.w2)
)";

torch::Tensor points(torch::ScalarType type)
{
    const torch::Tensor y = torch::empty({TORCH_POINTS, TORCH_D}, torch::kDouble);
    torch_points(y.data_ptr<double>());
    return y.to(type);
}

std::string forward(const std::string &body, const std::string &arguments = "x: Tensor, t: Tensor")
{
    return "def forward(self, " + arguments + "):\n    " + body + "\n";
}

void save(const std::string &folder, const std::string &name, torch::jit::Module module)
{
    module.save(folder + "/" + name + ".pt");
}

/* A module of one function, with the points as a parameter of float. */
void write(const std::string &folder, const std::string &name, const std::string &source)
{
    torch::jit::Module module("net");
    module.register_parameter("points", points(torch::kFloat), false);
    module.define(source);
    save(folder, name, module);
}

void write_exact(const std::string &folder)
{
    for (const char *const name :
         {"score", "eps", "x0", "v", "velocity", "logsnr", "flow", "sigma"}) {
        torch::jit::Module module("exact");
        module.register_buffer("points", points(torch::kDouble));
        module.define(exact + forward(std::string("return self.") + name + "(x, t)"));
        save(folder, name, module);
    }
    torch::jit::Module single("exact");
    single.register_buffer("points", points(torch::kFloat));
    single.define(exact + forward("return self.eps(x, t)"));
    save(folder, "eps_f32", single);
    single.to(torch::kHalf);
    save(folder, "eps_f16", single);
}

void write_networks(const std::string &folder)
{
    enum {
        WIDTH = 24,
        INDICES = 1000
    };
    torch::manual_seed(5);
    const torch::Tensor w1 = torch::randn({TORCH_D + 2, WIDTH}) / 2;
    const torch::Tensor w2 = torch::randn({WIDTH, WIDTH}) / 4, w3 = torch::randn({WIDTH, TORCH_D});
    for (const torch::ScalarType type : {torch::kFloat, torch::kDouble}) {
        torch::jit::Module module("net");
        module.register_parameter("w1", w1.to(type), false);
        module.register_parameter("w2", w2.to(type), false);
        module.register_parameter("w3", w3.to(type), false);
        module.define(mlp);
        save(folder, type == torch::kFloat ? "mlp_f32" : "mlp_f64", module);
    }
    torch::jit::Module module("net");
    module.register_parameter("w1", w1.slice(0, 0, TORCH_D).contiguous(), false);
    module.register_parameter("w2", w3 / 8, false);
    module.register_parameter("rows", torch::randn({INDICES, WIDTH}), false);
    module.define(table);
    save(folder, "table", module);
}

/* What can be wrong with a module. */
void write_bad(const std::string &folder)
{
    write(folder, "shape", forward("return x.sum(1)"));
    write(folder, "wide", forward("return torch.cat([x, x], 1)"));
    write(folder, "tuple", forward("return x, t"));
    write(folder, "integers", forward("return (100 * x).long()"));
    write(folder, "throws", forward("assert False, 'the device is gone'\n    return x"));
    write(folder, "product", forward("return x.matmul(self.points)"));
    write(folder, "writes", forward("return x.mul_(2)"));
    write(folder, "training", forward("return x - x.mean(0)"));
    write(folder, "late", forward("assert t[0].item() > 0.5, 'too early'\n    return x"));
    /* Not in the states that are tried; far out where paths begin. */
    write(folder, "nan", forward("return torch.where(x > 2.5, x / 0, x) * (x - x + 1)"));
    write(folder, "hides", forward("return 3 * x.detach() - torch.zeros_like(x) * x"));
    write(folder, "images", forward("return x + 0 * x.view(-1, 1, 2, 2)"));
}

void write_classifiers(const std::string &folder)
{
    const char alone[] = "x: Tensor";
    /* As the classes of the points lie, by the sign of the first coordinate. */
    write(folder, "classes", forward("return torch.stack([x[:, 0], -x[:, 0]], 1)", alone));
    write(folder, "labels", forward("return torch.where(x[:, 0] > 0, 3, 8)", alone));
    write(folder, "ten",
          forward("return torch.eye(10).index_select(0, torch.where(x[:, 0] > 0, 3, 8))", alone));
    write(folder, "lacking", forward("return torch.where(x[:, 0] > 0, 3, 4)", alone));
    write(folder, "one_number", forward("return x[:, :1]", alone));
}

void write_points(const std::string &folder)
{
    const torch::Tensor y = points(torch::kDouble);
    std::ofstream file(folder + "/points.f64", std::ios::binary);
    file.write(static_cast<const char *>(y.data_ptr()), y.numel() * 8);
    if (!file.flush()) {
        throw std::runtime_error("cannot write the points");
    }
}

} // namespace

void torch_points(double *y)
{
    for (int i = 0; i < TORCH_POINTS; i++) {
        for (int j = 0; j < TORCH_D; j++) {
            y[i * TORCH_D + j] = 0.5 * std::sin(1.7 * i * (j + 1) + j) + 0.2 * std::cos(5.0 * i);
        }
        y[i * TORCH_D] += i % 2 == 0 ? 1.5 : -1.5;
    }
}

int torch_modules_write(const char *folder)
{
    try {
        write_exact(folder);
        write_networks(folder);
        write_bad(folder);
        write_classifiers(folder);
        write_points(folder);
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return -1;
    }
}
