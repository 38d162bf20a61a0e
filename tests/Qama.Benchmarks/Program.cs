using System.CommandLine;
using Qama.Benchmarks;
using Qama.Benchmarks.Generator;
using Qama.Benchmarks.Solvers;
using Qama.Benchmarks.Terms;

var root = new RootCommand("Measurements of Qama.Dsl: each command prints ratios within one run and can write JSON.")
{
    SolversCommand.Create(),
    TermsCommand.Create(),
    GeneratorCommand.Create(),
    MicroCommand.Create(),
};
return root.Parse(args).Invoke();
