// Runs the annealer of dwave-samplers (its own sources, compiled beside this file) on Ising problems of a file, and tells what all
// reads of a problem took: processor time of the thread, set-up included. Qama.Benchmarks starts it; see README.md for how it is built.
//
//   dwave_anneal FILE SWEEPS READS SEED HOT COLD
//
// FILE: for every problem, as 32-bit integers and doubles: variables, pairs, the scale of temperatures, fields, then pairs
// (i, j, coupling). HOT and COLD are temperatures in units of that scale.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "cpu_sa.h"

using namespace dwave::samplers::sa;

namespace {

double Microseconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

template <typename T>
bool Read(FILE* file, T* destination, size_t count) {
    return std::fread(destination, sizeof(T), count, file) == count;
}

bool GoOn(void* const) { return false; }

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: dwave_anneal FILE SWEEPS READS SEED HOT COLD\n");
        return 2;
    }
    FILE* file = std::fopen(argv[1], "rb");
    if (file == nullptr) {
        std::perror(argv[1]);
        return 1;
    }
    const int sweeps = std::atoi(argv[2]), reads = std::atoi(argv[3]);
    uint64_t seed = std::strtoull(argv[4], nullptr, 10);
    const double hot = std::atof(argv[5]), cold = std::atof(argv[6]);
    int32_t sizes[2];
    while (Read(file, sizes, 2)) {
        const int n = sizes[0], pairs = sizes[1];
        double scale;
        std::vector<double> h(n), couplings(pairs);
        std::vector<int> from(pairs), to(pairs);
        bool whole = Read(file, &scale, 1) && Read(file, h.data(), n);
        whole = whole && Read(file, from.data(), pairs) && Read(file, to.data(), pairs) && Read(file, couplings.data(), pairs);
        if (!whole) {
            std::fprintf(stderr, "%s ends within a problem\n", argv[1]);
            return 1;
        }
        std::vector<std::int8_t> states(static_cast<size_t>(n) * reads);
        std::vector<double> energies(reads);
        double start = Microseconds();
        const double first = 1 / (hot * scale), last = 1 / (cold * scale);
        std::vector<double> schedule(sweeps);
        for (int k = 0; k < sweeps; k++) schedule[k] = first * std::pow(last / first, sweeps > 1 ? k / (sweeps - 1.0) : 1.0);
        uint64_t bits = ++seed * 0x9E3779B97F4A7C15ull;
        for (std::int8_t& spin : states) {
            bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
            spin = (bits & 1024) != 0 ? 1 : -1;
        }
        general_simulated_annealing(states.data(), energies.data(), reads, h, from, to, couplings, 1, schedule, seed, Sequential,
                                    Metropolis, GoOn, nullptr);
        std::printf("%.3f\n", Microseconds() - start);
        for (int r = 0; r < reads; r++) {
            for (int i = 0; i < n; i++) std::putchar(states[static_cast<size_t>(r) * n + i] > 0 ? '1' : '0');
            std::putchar('\n');
        }
    }
    return 0;
}
