"""What the peers share: raw f32 input, timing, output for the program that started them."""
import argparse
import math
import time


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("n", "d", "batch", "threads", "rounds"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--t", type=float, required=True)
    parser.add_argument("points")
    parser.add_argument("states")
    parser.add_argument("score")
    return parser.parse_args()


def coefficients(t):
    return math.exp(-t), -math.expm1(-2 * t)


def measure(evaluate, rounds, budget=10.0):
    """Quartiles in ms of at least three evaluations, and the last result."""
    result = evaluate()
    times = []
    start = time.perf_counter()
    while len(times) < 3 or (len(times) < rounds and time.perf_counter() - start < budget):
        before = time.perf_counter()
        result = evaluate()
        times.append(1e3 * (time.perf_counter() - before))
    times.sort()
    last = len(times) - 1
    print(*(times[round(last * q)] for q in (0.25, 0.5, 0.75)))
    return result
