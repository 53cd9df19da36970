//! Desired and live become a plan: diff, order, guards, digest.
