#!/usr/bin/env python3
"""The score of a batch in numpy, f32, norms known beforehand."""
import os
import sys

import peer

args = peer.arguments()
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(args.threads))
try:
    import numpy as np
except ImportError:
    sys.exit(77)

points = np.fromfile(args.points, np.float32).reshape(args.n, args.d)
states = np.fromfile(args.states, np.float32).reshape(args.batch, args.d)
a, s2 = (np.float32(v) for v in peer.coefficients(args.t))
term = (-0.5 * a * a / s2 * np.einsum("ij,ij->i", points, points, dtype=np.float64)).astype(
    np.float32)


def score():
    logits = (a / s2 * states) @ points.T
    logits += term
    logits -= logits.max(axis=1, keepdims=True)
    weights = np.exp(logits, out=logits)
    weights /= weights.sum(axis=1, keepdims=True)
    return (a * (weights @ points) - states) / s2


peer.measure(score, args.rounds).astype(np.float32).tofile(args.score)
