using System.CommandLine;
using Qama.Benchmarks.Micro;
using Qama.Benchmarks.Solvers;

var root = new RootCommand("Measurements of Qama.Dsl: each command prints ratios within one run and can write JSON.")
{
    SolversCommand.Create(),
    MicroCommand.Create(),
};
return root.Parse(args).Invoke();
