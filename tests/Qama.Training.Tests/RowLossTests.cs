using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

/// <summary>Cross-entropy of outputs of several rows, against its definition in double.</summary>
public class RowLossTests
{
    [Fact]
    public void Loss_and_gradient_are_those_of_the_definition() => Prop.ForAll(
        Gen.Choose(2, 70).ToArbitrary(), Gen.Choose(2, 6).ToArbitrary(), Gen.Choose(0, 9999).ToArbitrary(), (classes, rows, seed) =>
        {
            var random = new Random(seed);
            const int Samples = 3;
            double smoothing = seed % 2 == 0 ? 0 : 0.1, size = Math.Pow(10, random.Next(-1, 3));
            var shape = new TokenShape(rows, classes);
            Activations<float> logits = new(4, shape), gradient = new(4, shape);
            Activations<double> precise = new(4, shape), preciseGradient = new(4, shape);
            int[] labels = [.. Enumerable.Range(0, Samples * rows).Select(i => i == 1 || random.Next(3) > 0 ? random.Next(classes) : -1)];
            for (int i = 0; i < labels.Length * classes; i++)
            {
                double x = (float)(size * (2 * random.NextDouble() - 1.5));
                logits.Row(i / classes / rows, i / classes % rows)[i % classes] = (float)x;
                precise.Row(i / classes / rows, i / classes % rows)[i % classes] = x;
                gradient.Row(i / classes / rows, i / classes % rows)[i % classes] = float.NaN; // what stood there
            }

            (double loss, int correct) = SoftmaxCrossEntropy.Compute(logits, labels, gradient, smoothing);
            (double preciseLoss, int preciseCorrect) = SoftmaxCrossEntropy.Compute(precise, labels, preciseGradient, smoothing);
            int labelled = labels.Count(l => l >= 0), expectedCorrect = 0;
            double expected = 0;
            for (int r = 0; r < labels.Length; r++)
            {
                double[] z = precise.Row(r / rows, r % rows).ToArray();
                double top = z.Max(), log = Math.Log(z.Sum(x => Math.Exp(x - top))) + top;
                for (int c = 0; c < classes; c++)
                {
                    double target = (c == labels[r] ? 1 - smoothing : 0) + smoothing / classes;
                    double slope = labels[r] < 0 ? 0 : (Math.Exp(z[c] - log) - target) / labelled;
                    Assert.Equal(slope, gradient.Row(r / rows, r % rows)[c], 1e-6);
                    Assert.Equal(slope, preciseGradient.Row(r / rows, r % rows)[c], 1e-12);
                    expected -= labels[r] < 0 ? 0 : target * (z[c] - log) / labelled;
                }

                expectedCorrect += labels[r] >= 0 && Array.IndexOf(z, top) == labels[r] ? 1 : 0;
            }

            Assert.Equal(expected, loss, 3e-6 * Math.Max(1, Math.Abs(expected)));
            Assert.Equal(expected, preciseLoss, 1e-12 * Math.Max(1, Math.Abs(expected)));
            Assert.Equal((expectedCorrect, expectedCorrect), (correct, preciseCorrect));
            Assert.All(gradient.Values.Where((_, i) => i % gradient.Stride >= classes), g => Assert.Equal(0, g));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Rows_that_each_have_a_label_have_the_loss_of_as_many_samples()
    {
        Activations<double> rows = new(2, new TokenShape(3, 7)), samples = new(6, new TokenShape(1, 7));
        for (int i = 0; i < 42; i++)
        {
            rows.Row(i / 21, i / 7 % 3)[i % 7] = samples.Row(i / 7, 0)[i % 7] = 3 * Math.Sin(i);
        }

        int[] labels = [0, 1, 6, 3, 2, 2];
        (double loss, int correct) = SoftmaxCrossEntropy.Compute(rows, labels);
        (double expected, int expectedCorrect) = SoftmaxCrossEntropy.Compute(samples, labels);
        Assert.Equal(expected, loss, 1e-13);
        Assert.Equal(expectedCorrect, correct);
    }

    [Fact]
    public void Labels_that_do_not_fit_are_refused()
    {
        var logits = new Activations<float>(2, new TokenShape(3, 4));
        Assert.Contains("3 labels, one for each row", Message([0, 0, 0, 0]), StringComparison.Ordinal);
        Assert.Contains("3 labels, one for each row", Message([0, 0, 0, 0, 0, 0, 0, 0, 0]), StringComparison.Ordinal);
        Assert.Contains("3 labels, one for each row", Message([]), StringComparison.Ordinal);
        Assert.Contains("0..3, or -1 for none, got 4", Message([0, 4, 0]), StringComparison.Ordinal);
        Assert.Contains("0..3, or -1 for none, got -2", Message([0, -2, 0]), StringComparison.Ordinal);
        Assert.Contains("at least one row", Message([-1, -1, -1]), StringComparison.Ordinal);

        string Message(int[] labels) =>
            Assert.Throws<ArgumentException>("labels", () => SoftmaxCrossEntropy.Compute(logits, labels)).Message;
    }

    [Fact]
    public void Bits_are_the_same_in_every_register()
    {
        Check<float>();
        Check<double>();

        static void Check<T>()
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            foreach (int classes in new[] { 1, 15, 16, 40, 65 })
            {
                string expected = Row<T, Register512<T>>(classes);
                Assert.Equal(expected, Row<T, Registers256<T>>(classes));
                Assert.Equal(expected, Row<T, Registers128<T>>(classes));
            }
        }

        // All digits that there are.
        static string Row<T, TVector>(int classes)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
            where TVector : struct, IVector<TVector, T>
        {
            T[] logits = [.. Enumerable.Range(0, classes).Select(c => T.CreateTruncating(5 * Math.Sin(c)))];
            var gradient = new T[classes];
            LossSum sum = LogitRow.Compute<T, TVector>(logits, classes / 2, 0.1, 9, gradient);
            return $"{sum} {string.Join(' ', gradient)}";
        }
    }
}
