using Qama.Layers;
using Qama.Sampling;
using Layer = Qama.Tests.Layers.HandwrittenLayer<double>;

namespace Qama.Tests.Layers;

public class BatchNormalisationTests
{
    private const int N = Layer.N, H = Layer.H, D = Layer.D, Stride = Layer.Stride;
    private static readonly int[] _padded = [4, 2, 3];

    private static ModelDescriptor All => Layer.Descriptor with
    {
        NormalizesCouplings = true,
        NormalizesFields = true,
        NormalizesOutput = true,
    };

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    public void Gradients_are_the_central_differences_of_the_loss(bool couplings, bool fields, bool output)
    {
        ModelDescriptor model = Layer.Descriptor with
        {
            NormalizesCouplings = couplings,
            NormalizesFields = fields,
            NormalizesOutput = output,
        };
        foreach (bool symmetric in new[] { true, false })
        {
            foreach (LayerMode mode in Enum.GetValues<LayerMode>())
            {
                var run = new LayerRun<double>(
                    model with { HasSymmetricCouplings = symmetric, KeepsDiagonal = !symmetric }, _padded, Mask(), mode: mode);
                run.Forward().Backward();
                CentralDifferences.Check(run, run.Loss);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_and_running_statistics_are_those_of_the_papers_formulas(bool masked)
    {
        double[] mask = masked ? Mask() : [.. Enumerable.Repeat(1.0, N * Stride)];
        var run = new LayerRun<double>(All with { HasSymmetricCouplings = false, KeepsDiagonal = true }, _padded, masked ? mask : null);
        double[] mean = run.Layer.Buffers["CouplingNorm.RunningMean"].Value.ToArray();
        double[] variance = run.Layer.Buffers["CouplingNorm.RunningVariance"].Value.ToArray();
        run.Forward();
        ParameterCollection<double> parameters = run.Layer.Parameters;
        for (int h = 0; h < H; h++)
        {
            int head = h;
            (int S, int I, int J)[] pairs =
            [
                .. from s in Enumerable.Range(0, 3) from i in Enumerable.Range(0, _padded[s]) from j in Enumerable.Range(0, _padded[s])
                   where i != j && mask[i * Stride + j] != 0 select (s, i, j),
            ];
            var norm = new LiteralBatchNorm(
                [.. pairs.Select(p => Coupling(run, p.S, head, p.I, p.J))],
                parameters["CouplingNorm.Weight"].Value[h], parameters["CouplingNorm.Bias"].Value[h]);
            Assert.Equal(norm.RunningMean(mean[h]), run.Layer.Buffers["CouplingNorm.RunningMean"].Value[h], 1e-12);
            Assert.Equal(norm.RunningVariance(variance[h]), run.Layer.Buffers["CouplingNorm.RunningVariance"].Value[h], 1e-12);

            (int S, int I)[] tokens = [.. from s in Enumerable.Range(0, 3) from i in Enumerable.Range(0, _padded[s]) select (s, i)];
            var fieldNorm = new LiteralBatchNorm(
                [.. tokens.Select(t => Field(run, t.S, head, t.I))],
                parameters["FieldNorm.Weight"].Value[h], parameters["FieldNorm.Bias"].Value[h]);

            double[] raw = [.. from t in tokens from d in Enumerable.Range(0, D) select Energy(t.S, t.I) * parameters["EnergyToValue"].Value[d]];
            var outputNorm = new LiteralBatchNorm(
                raw, parameters["OutputNorm.Weight"].Value[h], parameters["OutputNorm.Bias"].Value[h]);
            for (int k = 0; k < raw.Length; k++)
            {
                (int s, int i) = tokens[k / D];
                Assert.Equal(outputNorm.Of(raw[k]), run.Output[((s * N + i) * H + head) * D + k % D], 1e-11);
            }

            double Energy(int s, int i)
            {
                double sum = fieldNorm.Of(Field(run, s, head, i));
                for (int j = 0; j < _padded[s]; j++)
                {
                    double own = Coupling(run, s, head, i, j);
                    double coupling = i == j ? own : mask[i * Stride + j] == 0 ? 0 : norm.Of(own);
                    sum += coupling * Weight(run, s, head, j);
                }

                return -sum * Weight(run, s, head, i);
            }
        }
    }

    [Fact]
    public void Samplers_see_the_symmetric_part_of_the_normalised_couplings()
    {
        foreach (bool keepsDiagonal in new[] { false, true })
        {
            ModelDescriptor model = All with { HasSymmetricCouplings = false, KeepsDiagonal = keepsDiagonal };
            Check(new LayerRun<double>(model, _padded), keepsDiagonal);
            Check(new LayerRun<float>(model, _padded), keepsDiagonal);
        }

        static void Check<T>(LayerRun<T> run, bool keepsDiagonal)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            run.Layer.SeenCouplings = [];
            run.Forward();
            var problems = (AttentionProblemBatch<HandwrittenLayer<T>>)run.Workspace.Problems;
            for (int row = 0; row < 3 * H * N; row++)
            {
                ReadOnlySpan<float> seen = problems.View(row / (H * N)).Couplings;
                int first = row / N * N, i = row % N, head = row / N % H;
                for (int j = 0; j < N; j++)
                {
                    double expected = (Of(first + i, j) + Of(first + j, i)) / 2;
                    Assert.Equal(i == j && !keepsDiagonal ? 0 : expected, seen[(head * N + i) * Stride + j], 1e-5);
                }
            }

            double Of(int row, int column) => double.CreateTruncating(
                run.Layer.SeenCouplings[row / (H * N)][row % (H * N) * Stride + column]);
        }
    }

    [Fact]
    public void What_stands_in_padding_changes_nothing_and_padding_stays_zero()
    {
        LayerRun<double> run = new LayerRun<double>(All, _padded).Forward().Backward();
        double[] output = [.. run.Output], gradient = [.. run.InputGradients[0]];
        for (int s = 0; s < 3; s++)
        {
            for (int k = _padded[s] * H * D; k < N * H * D; k++)
            {
                run.Inputs[0][s * N * H * D + k] = run.Inputs[1][s * N * H * D + k] = run.Inputs[2][s * N * H * D + k] = 1e3;
                Assert.Equal(0, output[s * N * H * D + k]);
                Assert.Equal(0, gradient[s * N * H * D + k]);
            }
        }

        run.Forward().Backward();
        Assert.Equal(output, run.Output);
        Assert.Equal(gradient, run.InputGradients[0]);
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        LayerRun<float> one = new LayerRun<float>(All, _padded, threads: 1).Forward().Backward();
        LayerRun<float> three = new LayerRun<float>(All, _padded, threads: 3).Forward().Backward();
        Assert.Equal(one.Output, three.Output);
        Assert.Equal(one.InputGradients, three.InputGradients);
        foreach (Parameter<float> parameter in one.Layer.Parameters)
        {
            Assert.Equal(parameter.Gradient, three.Layer.Parameters[parameter.Name].Gradient);
        }

        foreach (Parameter<float> buffer in one.Layer.Buffers)
        {
            Assert.Equal(buffer.Value, three.Layer.Buffers[buffer.Name].Value);
        }
    }

    [Fact]
    public void Evaluation_neither_depends_on_the_rest_of_the_batch_nor_records_anything()
    {
        var run = new LayerRun<float>(All, mode: LayerMode.Evaluation);
        float[][] before = [.. run.Layer.Buffers.Select(b => b.Value.ToArray())];
        run.Forward();
        int perSample = N * H * D;
        for (int s = 0; s < 3; s++)
        {
            float[][] part = [.. run.Inputs.Select(x => x[(s * perSample)..((s + 1) * perSample)])];
            var output = new float[perSample];
            run.Layer.Forward(part[0], part[1], part[2], output, run.Layer.CreateWorkspace(1), new FixedSampler(run.States[s]));
            Assert.Equal(run.Output[(s * perSample)..((s + 1) * perSample)], output);
        }

        Assert.Equal(before, run.Layer.Buffers.Select(b => b.Value.ToArray()));
    }

    [Fact]
    public void A_pass_that_fails_records_no_statistics()
    {
        var run = new LayerRun<double>(All);
        double[][] before = [.. run.Layer.Buffers.Select(b => b.Value.ToArray())];
        run.Sampler = new FixedSampler(new byte[1]);
        Assert.Throws<ArgumentException>(() => run.Forward());
        Assert.Equal(before, run.Layer.Buffers.Select(b => b.Value.ToArray()));
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        LayerRun<float> run = new LayerRun<float>(All, _padded).Forward().Backward();
        Allocations.AssertNone(() => run.Layer.Backward(
            run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace));
    }

    [Fact]
    public void A_batch_of_padding_alone_is_no_error()
    {
        LayerRun<double> run = new LayerRun<double>(All, [0, 0, 0]);
        double[][] before = [.. run.Layer.Buffers.Select(b => b.Value.ToArray())];
        run.Forward().Backward();
        Assert.All(run.Output, y => Assert.Equal(0, y));
        Assert.Equal(before, run.Layer.Buffers.Select(b => b.Value.ToArray()));
    }

    [Fact]
    public void Fields_that_do_not_exist_cannot_be_normalised() => Assert.Throws<ArgumentException>(
        () => new Layer(Layer.Descriptor with { HasField = false, NormalizesFields = true }));

    /// <summary>Leaves pairs at distance 2 out; the diagonal and the padding say 1, which must not matter.</summary>
    private static double[] Mask() =>
        [.. Enumerable.Range(0, N * Stride).Select(k => Math.Abs(k / Stride - k % Stride) == 2 ? 0.0 : 1)];

    private static double Coupling(LayerRun<double> run, int s, int h, int i, int j) =>
        Enumerable.Range(0, D).Sum(d => At(run.Inputs[0], s, i, h, d) * At(run.Inputs[1], s, j, h, d)) / Math.Sqrt(D);

    private static double Field(LayerRun<double> run, int s, int h, int i) =>
        Enumerable.Range(0, D).Sum(d => At(run.Inputs[2], s, i, h, d) * run.Layer.Parameters["EnergyToValue"].Value[d]);

    private static double At(double[] input, int s, int i, int h, int d) => input[((s * N + i) * H + h) * D + d];

    private static double Weight(LayerRun<double> run, int s, int h, int i) =>
        (run.States[s][(h * N + i) * 2] + 2 * run.States[s][(h * N + i) * 2 + 1]) / 3.0;
}
