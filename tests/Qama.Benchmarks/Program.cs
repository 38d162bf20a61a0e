using System.CommandLine;
using Qama.Benchmarks.Building;
using Qama.Benchmarks.Causal;
using Qama.Benchmarks.Cluster;
using Qama.Benchmarks.Factored;
using Qama.Benchmarks.Generator;
using Qama.Benchmarks.Hardness;
using Qama.Benchmarks.Micro;
using Qama.Benchmarks.Minima;
using Qama.Benchmarks.Queries;
using Qama.Benchmarks.Report;
using Qama.Benchmarks.Scaling;
using Qama.Benchmarks.Solutions;
using Qama.Benchmarks.Solvers;
using Qama.Benchmarks.Steps;
using Qama.Benchmarks.Terms;
using Qama.Benchmarks.Torch;

var root = new RootCommand("Measurements of Qama.Dsl: each command prints ratios within one run and can write JSON.")
{
    SolversCommand.Create(),
    HardnessCommand.Create(),
    StepCommand.Create(),
    OneSampleCommand.Create(),
    ClusterStepCommand.Create(),
    ClusterStepCommand.CreateWorker(),
    ScalingCommand.Create(),
    SolutionsCommand.Create(),
    FactoredCommand.Create(),
    GeneralCommand.Create(),
    CausalCommand.Create(),
    QueryCommand.Create(),
    TermsCommand.Create(),
    TorchCommand.Create(),
    GeneratorCommand.Create(),
    BuildCommand.Create(),
    MinimaCommand.Create(),
    MicroCommand.Create(),
    OwnerCommand.Create(),
    ReportCommand.Create(),
};
return root.Parse(args).Invoke();
