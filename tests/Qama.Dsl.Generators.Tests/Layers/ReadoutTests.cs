namespace Qama.Generators.Tests.Layers;

public class ReadoutTests
{
    [Fact]
    public void Outputs_are_the_definitions_written_out()
    {
        Failures failures = new();
        foreach (Operator declared in Operators.All)
        {
            var run = new LayerCase<double>(declared);
            double[] expected = run.Literal.Forward(run.Input, run.States, run.TokenCounts);
            failures.Compare(declared, "output", expected, run.Forward(), 1e-9);
        }

        failures.Check();
    }

    [Fact]
    public void A_head_that_selects_nothing_has_no_output_and_no_gradient()
    {
        foreach (Operator declared in Operators.All.Where(o => o.Readout == ReadoutKind.SelectedAttention && !o.NormalizesOutput))
        {
            var run = new LayerCase<double>(declared);
            foreach (byte[] state in run.States.SelectMany(reads => reads))
            {
                Array.Clear(state);
            }

            Assert.All(run.Forward(), y => Assert.Equal(0, y));
            Assert.All(run.Backward(), gradient => Assert.All(gradient, g => Assert.Equal(0, g)));
        }
    }

    [Fact]
    public void Padded_tokens_have_no_output_and_no_gradient()
    {
        foreach (Operator declared in Operators.All)
        {
            var run = new LayerCase<double>(declared);
            double[] output = run.Forward();
            double[][] gradients = run.Backward();
            for (int b = 0; b < run.Batch; b++)
            {
                for (int i = run.TokenCounts[b]; i < declared.Tokens; i++)
                {
                    Assert.All(Token(output, b, i, declared.OutputDim), y => Assert.Equal(0, y));
                    Assert.All(gradients.Take(run.Shared ? 1 : 3), gradient =>
                        Assert.All(Token(gradient, b, i, declared.Width), g => Assert.Equal(0, g)));
                }
            }

            double[] Token(double[] values, int sample, int token, int width) =>
                values.AsSpan((sample * declared.Tokens + token) * width, width).ToArray();
        }
    }

    [Fact]
    public void Tokens_whose_vectors_are_zero_leave_outputs_and_gradients_finite()
    {
        Failures failures = new();
        foreach (Operator declared in Operators.All.Where(o => !o.LayerNorm && o.Readout != ReadoutKind.EntropyShare))
        {
            var run = new LayerCase<double>(declared);
            foreach (double[] input in run.Input)
            {
                input.AsSpan(0, declared.Width).Clear();
            }

            foreach (string name in new[] { "Query", "Key", "Value" }.Where(_ => declared.Bias))
            {
                run.Layer.Parameters[name + "Projection.Bias"].Value.Clear();
            }

            if (!run.Forward().All(double.IsFinite) || !run.Backward().All(gradient => gradient.All(double.IsFinite)))
            {
                failures.Add(declared, "not finite");
            }
        }

        failures.Check();
    }
}
