using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Golden.Tests;

/// <summary>A report on selections counts what a literal count over the states and the exported QUBO counts.</summary>
public class DescriptionTests
{
    private const int Batch = 3;

    [Fact]
    public void Soft_selection_with_a_budget() => Check(new DescribedSoft(3), DescribedSoft.Descriptor, reads: 1);

    [Fact]
    public void Several_reads() => Check(new DescribedReads(3), DescribedReads.Descriptor, reads: 4);

    [Fact]
    public void No_field_and_no_budget() => Check(new DescribedPlain(3), DescribedPlain.Descriptor, reads: 1);

    [Fact]
    public void A_gap_is_relative_to_the_reference()
    {
        var layer = new DescribedPlain(1);
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(Batch);
        layer.Forward(Input(layer), new Number[Batch * layer.Model.Tokens * layer.Model.OutputDim], workspace, new ExactSampler());
        var reference = new SampleSet(Batch, 1, layer.Model.VariableCount);
        double expected = 0;
        for (int p = 0; p < Batch; p++)
        {
            reference.Energy(p) = 2 * workspace.Samples.Energy(p);
            expected += 0.5 / Batch;
        }

        Assert.Equal(expected, workspace.Describe(reference).MeanGap!.Value, 9);
        Assert.Null(workspace.Describe().MeanGap);
        Assert.Throws<ArgumentException>("reference", () => workspace.Describe(new SampleSet(1, 1, layer.Model.VariableCount)));
    }

    [Fact]
    public void Before_the_first_pass_there_is_nothing_to_describe() =>
        Assert.Throws<InvalidOperationException>(() => new DescribedPlain(1).CreateWorkspace(1).Describe());

    [Fact]
    public void The_text_fits_80_columns()
    {
        var layer = new DescribedSoft(1);
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(Batch);
        layer.Forward(Input(layer), new Number[Batch * layer.Model.Tokens * layer.Model.OutputDim], workspace, new ExactSampler());
        Assert.All(workspace.Describe().ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 1, 80));
    }

    private static void Check(QuboAttentionLayer<Number> layer, ModelDescriptor model, int reads)
    {
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(Batch);
        int[] counts = [model.Tokens, 3, model.Tokens - 1];
        layer.Forward(
            Input(layer), new Number[Batch * model.Tokens * model.OutputDim], workspace,
            reads > 1 ? new SimulatedAnnealingSampler { Sweeps = 20 } : new ExactSampler(), counts);
        SelectionReport report = workspace.Describe();
        Assert.Equal((Batch, reads, model.HeadCount), (report.Samples, report.Reads, report.Heads.Count));

        double energy = 0, unused = 0, present = 0;
        var heads = new (double Selected, double Present, double Empty, double Full, double Bound)[model.HeadCount];
        for (int p = 0; p < Batch; p++)
        {
            for (int r = 0; r < reads; r++)
            {
                double[,] s = Weights(model, workspace.Samples.State(p, r));
                energy += workspace.Samples.Energy(p, r) / (Batch * reads);
                for (int i = 0; i < counts[p]; i++)
                {
                    present++;
                    unused += Enumerable.Range(0, model.HeadCount).All(h => s[h, i] == 0) ? 1 : 0;
                }

                for (int h = 0; h < model.HeadCount; h++)
                {
                    double sum = Enumerable.Range(0, counts[p]).Sum(i => s[h, i]);
                    heads[h].Selected += sum;
                    heads[h].Present += counts[p];
                    heads[h].Empty += sum == 0 ? 1 : 0;
                    heads[h].Full += Math.Abs(sum - counts[p]) < 1e-9 ? 1 : 0;
                    heads[h].Bound += model.Constraints.Any(c => Math.Abs(c.Bound - sum) < 1e-9) ? 1 : 0;
                }
            }
        }

        Assert.Equal(energy, report.MeanEnergy, 6);
        Assert.Equal(unused / present, report.UnusedTokenShare, 9);
        Assert.Equal(0, report.InfeasibleShare);
        for (int h = 0; h < model.HeadCount; h++)
        {
            HeadSelection head = report.Heads[h];
            Assert.Equal(heads[h].Selected / heads[h].Present, head.SelectedShare, 9);
            Assert.Equal(heads[h].Empty / (Batch * reads), head.EmptyShare, 9);
            Assert.Equal(heads[h].Full / (Batch * reads), head.FullShare, 9);
            Assert.Equal(model.Constraints.Count == 0 ? null : heads[h].Bound / (Batch * reads), head.BoundShare);
        }

        // Without penalties that cost here, the energy is couplings and fields: budgets are kept, exclusion is not declared.
        Assert.Equal(report.MeanEnergy, report.Heads.Sum(h => h.MeanCouplingEnergy + h.MeanFieldEnergy), 4);
    }

    private static Number[] Input(QuboAttentionLayer<Number> layer)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Batch * layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ => (Number)(random.NextSingle() - 0.5f))];
    }

    private static double[,] Weights(ModelDescriptor model, ReadOnlySpan<byte> state)
    {
        var s = new double[model.HeadCount, model.Tokens];
        for (int h = 0; h < model.HeadCount; h++)
        {
            for (int i = 0; i < model.Tokens; i++)
            {
                for (int b = 0; b < model.SelectionBits; b++)
                {
                    int bit = state[(h * model.Tokens + i) * model.SelectionBits + b];
                    s[h, i] += bit * Math.Pow(2, b) / (Math.Pow(2, model.SelectionBits) - 1);
                }
            }
        }

        return s;
    }
}

/// <summary>Weights of two bits, a budget in thirds.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8)]
[Heads(2)]
[SoftSelection(Bits = 2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 2)]
[Sparsity(AtMost = 2)]
public sealed partial class DescribedSoft;

/// <summary>Several reads.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.Expectation, Reads = 4, Temperature = 1)]
public sealed partial class DescribedReads;

/// <summary>Couplings alone.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
public sealed partial class DescribedPlain;
