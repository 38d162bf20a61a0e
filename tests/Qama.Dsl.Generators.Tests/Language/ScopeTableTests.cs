using Microsoft.CodeAnalysis;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Queries;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Language;

/// <summary>Every readout with every scope of selections, gradient and part that scopes may not have: a declaration is refused where it is
/// written, or its passes run and do what it says.</summary>
public class ScopeTableTests
{
    private static readonly string[] _parts =
    [
        "", "LearnedCoupling", "SoftSelection(Bits = 2, Curvature = 0.5)", "Field(Importance.ValueNorm)", "a term", "a source", "a chain",
    ];

    private static readonly Entry[] _entries = [.. Table()];

    [Fact]
    public async Task A_declaration_is_refused_or_runs()
    {
        Compilation all = Compile.Sources([.. _entries.Select(e => "using Qama;\n" + e.Source)]);
        IReadOnlyList<Diagnostic> found = await Analyze.DiagnosticsAsync(all, new DeclarationAnalyzer());
        ILookup<SyntaxTree?, Diagnostic> errors = found.Where(d => d.Severity == DiagnosticSeverity.Error).ToLookup(d => d.Location.SourceTree);
        SyntaxTree[] trees = [.. all.SyntaxTrees];
        string[] wrong = [.. _entries.Where((e, i) => e.IsAllowed == errors[trees[i]].Any()).Select(e =>
            (e.IsAllowed ? "refused: " : "not refused: ") + e.Source
            + string.Join("; ", errors[trees[Array.IndexOf(_entries, e)]].Select(d => d.GetMessage(null))))];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));

        Entry[] allowed = [.. _entries.Where(e => e.IsAllowed)];
        Assert.True(allowed.Length > 60 && allowed.Select(e => e.Scope).Distinct().Count() == 3);
        var compiled = new CompiledQueries<double>([.. allowed.Select(e => e.Source)]);
        Dictionary<string, double[]> gradients = allowed.ToDictionary(e => e.Name, e => Run(compiled.Create(e.Name)));
        foreach (Entry entry in allowed.Where(e => e.Gradient != GradientKind.Energy && !e.Averages && e.Part == ""))
        {
            Assert.False(
                gradients[entry.Name].SequenceEqual(gradients[(entry with { Gradient = GradientKind.Energy }).Name]),
                "The gradient has no effect:\n" + entry.Source);
        }
    }

    /// <summary>Gradients of input and parameters, after a pass with numbers at every place.</summary>
    private static double[] Run(QuboAttentionLayer<double> layer)
    {
        const int Batch = 6;
        var random = new Random(5);
        double[] input = [.. Enumerable.Range(0, Batch * layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ => 0.2 + (2 * random.NextDouble()))];
        var output = new double[Batch * layer.Model.Tokens * layer.Model.OutputDim];
        var inputGradient = new double[input.Length];
        LayerWorkspace<double> workspace = layer.CreateWorkspace(Batch, threads: 1);
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler { Sweeps = 10, Threads = 1 });
        layer.Backward([.. output.Select(_ => (2 * random.NextDouble()) - 1)], inputGradient, workspace);
        double[] gradients = [.. inputGradient, .. layer.Parameters.SelectMany(p => p.Gradient.ToArray())];
        Assert.All(output.Concat(gradients), x => Assert.True(double.IsFinite(x), layer.Model.Name));
        Assert.True(gradients.Any(g => g != 0), layer.Model.Name + " learns nothing: " + layer.Model.Readout);
        return gradients;
    }

    private static IEnumerable<Entry> Table()
    {
        foreach (SelectionScope scope in Enum.GetValues<SelectionScope>())
        {
            foreach (ReadoutKind readout in Enum.GetValues<ReadoutKind>())
            {
                foreach (GradientKind gradient in Enum.GetValues<GradientKind>())
                {
                    yield return new Entry(scope, readout, gradient, "");
                }

                GradientKind own = readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention ? GradientKind.Covariance : GradientKind.Energy;
                yield return new Entry(scope, readout, GradientKind.Nudged, "a chain");
                foreach (string part in _parts.Skip(1).SkipLast(1))
                {
                    yield return new Entry(scope, readout, own, part);
                }
            }
        }
    }

    private sealed record Entry(SelectionScope Scope, ReadoutKind Readout, GradientKind Gradient, string Part)
    {
        public string Name => $"{Scope}{Readout}{Gradient}{Array.IndexOf(_parts, Part)}";

        public bool Averages => Readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;

        public bool IsAllowed => Scope switch
        {
            SelectionScope.Head => true,
            SelectionScope.Query => !HasTerm && Readout is not (ReadoutKind.EntropyShare or ReadoutKind.Terms),
            _ => Readout is ReadoutKind.LocalEnergy or ReadoutKind.SelectedAttention && Gradient == GradientKind.Energy && Part != "LearnedCoupling",
        } && (!Averages || Gradient == GradientKind.Covariance)
            && (!HasTerm || Readout is ReadoutKind.Terms or ReadoutKind.Expectation);

        public string Source
        {
            get
            {
                string select = Scope switch
                {
                    SelectionScope.Head => "",
                    SelectionScope.Query => "[Select(Per = SelectionScope.Query, QueryBlock = 2)]",
                    _ => "[Select(Per = SelectionScope.Causal, Block = 2)]",
                };
                bool draws = Averages || Gradient == GradientKind.Covariance || Part == "a chain";
                string reads = draws ? $", Reads = 4, Temperature = 0.5{(Part == "a source" ? ", TemperatureFrom = TemperatureSource.Estimated" : "")}" : "";
                string numbers = Gradient switch
                {
                    GradientKind.Blackbox or GradientKind.Perturbed => ", Lambda = 20",
                    GradientKind.Nudged => ", Beta = 20",
                    _ => "",
                };
                bool ofEntropy = Readout == ReadoutKind.EntropyShare;
                string entropy = (ofEntropy ? "[Inputs(LayerNorm = false, Projected = false)]" : "")
                    + (ofEntropy && !Part.StartsWith("Field", StringComparison.Ordinal) ? "[Field(Importance.ValueEntropy)]" : "");
                string part = Part is "" or "a term" or "a source" or "a chain" ? "" : $"[{Part}]";
                return $$"""
                    [QuboAttention(Tokens = 6, EmbeddingDim = 4)] [Heads(2)] {{select}} {{entropy}} {{part}}
                    [Readout(ReadoutKind.{{Readout}}{{reads}})] [Gradient(GradientKind.{{Gradient}}{{numbers}})]
                    public sealed partial class {{Name}}
                    {
                        {{(HasTerm ? "[ReadoutTerm] static Vec Mine(float selected, float energy, Vec v) => selected * v + 0.1f * energy * v;" : "")}}
                    }
                    """;
            }
        }

        private bool HasTerm => Part == "a term" || Readout == ReadoutKind.Terms;
    }
}
