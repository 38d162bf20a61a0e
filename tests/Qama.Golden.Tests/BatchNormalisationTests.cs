using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Golden.Tests;

/// <summary>The layer's batch normalisation alone, on the coefficients that the authors' first version computed.</summary>
public class BatchNormalisationTests
{
    private static readonly (string Theirs, string Ours)[] _norms =
        [("J_bn", "CouplingNorm"), ("h_bn", "FieldNorm"), ("H_bn", "OutputNorm")];

    [Theory]
    [InlineData("qama_v1.json")]
    [InlineData("qama_v1_heads3.json")]
    [InlineData("qama_v1_eval.json")]
    public void Normalised_numbers_running_statistics_and_their_gradients_agree_with_the_authors_code(string file)
    {
        foreach (GoldenCase golden in GoldenCase.Read(file))
        {
            bool training = file != "qama_v1_eval.json";
            var layer = new RecordedLayer(golden) { Mode = training ? LayerMode.Training : LayerMode.Evaluation };
            foreach ((string theirs, string ours) in _norms)
            {
                Fill(layer.Parameters[ours + ".Weight"], golden.Tensor($"params/{theirs}.weight"));
                Fill(layer.Parameters[ours + ".Bias"], golden.Tensor($"params/{theirs}.bias"));
                if (!training)
                {
                    Fill(layer.Buffers[ours + ".RunningMean"], golden.Tensor($"running_stats_after_one_step/{theirs}.running_mean"));
                    Fill(layer.Buffers[ours + ".RunningVariance"], golden.Tensor($"running_stats_after_one_step/{theirs}.running_var"));
                }
            }

            // The input's first number says which sample it is.
            int perSample = layer.Model.Tokens * layer.Model.EmbeddingDim;
            var input = new Number[golden.Batch * perSample];
            for (int s = 0; s < golden.Batch; s++)
            {
                input[s * perSample] = s;
            }

            var output = new Number[input.Length];
            LayerWorkspace<Number> workspace = layer.CreateWorkspace(golden.Batch, threads: 1);
            layer.Forward(input, output, workspace, new FixedSampler([.. Enumerable.Range(0, golden.Batch).Select(_ => new byte[layer.Model.VariableCount])]));
            layer.Backward([.. layer.TokenMajor("G").Select(g => (Number)g)], [], workspace);

            Agreement.Check("J", golden.Tensor("J"), layer.SeenCouplings, Agreement.Values);
            Agreement.Check("f", golden.Tensor("h"), layer.SeenFields, Agreement.Values);
            Agreement.Check("output", layer.TokenMajor("Hd"), output, Agreement.Values);
            Agreement.Check(
                "gradient of the output's scale", golden.Tensor("grads/params/H_bn.weight"),
                layer.Parameters["OutputNorm.Weight"].Gradient.ToArray(), Agreement.Gradients);
            Agreement.Check(
                "gradient of the output's shift", golden.Tensor("grads/params/H_bn.bias"),
                layer.Parameters["OutputNorm.Bias"].Gradient.ToArray(), Agreement.Gradients);
            foreach ((string theirs, string ours) in _norms)
            {
                Agreement.Check(
                    ours + " mean", golden.Tensor($"running_stats_after_one_step/{theirs}.running_mean"),
                    layer.Buffers[ours + ".RunningMean"].Value.ToArray(), Agreement.Values);
                Agreement.Check(
                    ours + " variance", golden.Tensor($"running_stats_after_one_step/{theirs}.running_var"),
                    layer.Buffers[ours + ".RunningVariance"].Value.ToArray(), Agreement.Values);
            }
        }
    }

    private static void Fill(Parameter<Number> parameter, double[] values) =>
        values.Select(v => (Number)v).ToArray().CopyTo(parameter.Value);

    /// <summary>Coefficients and output before normalisation are the recorded ones.</summary>
    private sealed class RecordedLayer : QuboAttentionLayer<Number>, IQuboAttention<RecordedLayer>
    {
        private readonly GoldenCase _golden;
        private readonly double[] _couplings, _fields, _output;

        public RecordedLayer(GoldenCase golden)
            : base(DescriptorOf(golden), 1)
        {
            _golden = golden;
            _couplings = golden.Tensor("J_raw");
            _fields = golden.Tensor("h_raw");

            // Recorded with the local energy's sign, which the authors' code turns before it normalises.
            _output = [.. TokenMajor("Hd_pre_norm").Select(y => -y)];
        }

        public static ModelDescriptor Descriptor { get; private set; } = null!;

        public static int AnnealingScratch => 0;

        public List<Number> SeenCouplings { get; } = [];

        public List<Number> SeenFields { get; } = [];

        protected override int ScratchLength => 0;

        private int Stride => Padding.Stride(Model.Tokens);

        public static double Energy(in ProblemView problem, ReadOnlySpan<byte> state) => 0;

        public static void Anneal(
            in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
            throw new NotSupportedException();

        public static void WriteQubo(in ProblemView problem, QuboMatrix destination) => throw new NotSupportedException();

        /// <summary>[batch, heads, tokens, dim] as [batch, tokens, heads · dim].</summary>
        public double[] TokenMajor(string path)
        {
            double[] values = _golden.Tensor(path);
            (int n, int heads, int dim) = (Model.Tokens, Model.HeadCount, Model.HeadDim);
            return [.. from b in Enumerable.Range(0, _golden.Batch) from i in Enumerable.Range(0, n) from h in Enumerable.Range(0, heads)
                       from d in Enumerable.Range(0, dim) select values[((b * heads + h) * n + i) * dim + d]];
        }

        protected override AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) =>
            new AttentionProblemBatch<RecordedLayer>(capacity, couplings, fields);

        protected override void ComputeCoefficients<TVector>(in SampleBuffers<Number> sample)
        {
            int rows = Model.HeadCount * Model.Tokens;
            int s = (int)sample.Query[0];
            for (int r = 0; r < rows; r++)
            {
                sample.Fields[r / Model.Tokens * Stride + r % Model.Tokens] = (Number)_fields[s * rows + r];
                for (int j = 0; j < Model.Tokens; j++)
                {
                    sample.Couplings[r * Stride + j] = (Number)_couplings[(s * rows + r) * Model.Tokens + j];
                }
            }
        }

        protected override void ComputeReadout<TVector>(in SampleBuffers<Number> sample, Span<Number> output)
        {
            int rows = Model.HeadCount * Model.Tokens;
            int s = (int)sample.Query[0];
            for (int r = 0; r < rows; r++)
            {
                SeenFields.Add(sample.Fields[r / Model.Tokens * Stride + r % Model.Tokens]);
                SeenCouplings.AddRange(sample.Couplings.Slice(r * Stride, Model.Tokens));
            }

            for (int k = 0; k < output.Length; k++)
            {
                output[k] = (Number)_output[s * output.Length + k];
            }
        }

        protected override void BackwardReadout<TVector>(in SampleBuffers<Number> sample, ReadOnlySpan<Number> outputGradient)
        {
            sample.CouplingsGradient.Clear();
            sample.FieldsGradient.Clear();
        }

        protected override void BackwardCoefficients<TVector>(in SampleBuffers<Number> sample)
        {
        }

        private static ModelDescriptor DescriptorOf(GoldenCase golden)
        {
            (int heads, int tokens, int dim) = ((int)golden.Scalar("heads"), (int)golden.Scalar("tokens"), (int)golden.Scalar("dim"));
            return Descriptor = new ModelDescriptor
            {
                Name = "Recorded", Tokens = tokens, EmbeddingDim = heads * dim, HeadCount = heads, HeadDim = dim, SelectionBits = 1,
                SlackCount = 0, HasField = true, HasLayerNorm = false, HasProjection = false, HasProjectionBias = false, Terms = [],
                Learnables = [], SpinCount = heads * tokens + 1, NormalizesCouplings = true, NormalizesFields = true,
                NormalizesOutput = true, HasSymmetricCouplings = false, KeepsDiagonal = true,
            };
        }
    }
}
