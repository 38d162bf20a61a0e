using Qama.Numerics;

namespace Qama.Training.Datasets;

/// <summary>The parts of a data set. Choices are made on the validation part; the test part is looked at once, at the end.</summary>
/// <typeparam name="TSamples">The kind of samples.</typeparam>
/// <param name="Training">What is trained on.</param>
/// <param name="Validation">The validation part; null where there is none.</param>
/// <param name="Test">The test part; null where there is none.</param>
public sealed record DatasetParts<TSamples>(TSamples Training, TSamples? Validation, TSamples? Test)
    where TSamples : class, ILabelledSamples<TSamples>
{
    /// <summary>The parts with the training part's end held out for validation, and the training part cut to its first samples.</summary>
    /// <param name="heldOut">Samples to hold out, 0 for none; not used where there is a validation part.</param>
    /// <param name="first">The most samples to train on; null for all.</param>
    /// <remarks>Call <see cref="Mixed"/> before, where samples may stand in the order of their classes.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or nothing is left to train on.</exception>
    public DatasetParts<TSamples> Divide(int heldOut, int? first = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heldOut);
        ArgumentOutOfRangeException.ThrowIfLessThan(first ?? 1, 1, nameof(first));
        int count = Training.Labels.Count;
        int held = Validation is null ? heldOut : 0;
        if (held >= count)
        {
            throw new ArgumentOutOfRangeException(nameof(heldOut), heldOut, $"Expected fewer samples to hold out than the {count} there "
                + "are.");
        }

        int kept = Math.Min(count - held, first ?? int.MaxValue);
        return this with
        {
            Training = kept < count ? Training.Pick([.. Enumerable.Range(0, kept)]) : Training,
            Validation = held > 0 ? Training.Pick([.. Enumerable.Range(count - held, held)]) : Validation,
        };
    }

    /// <summary>The parts with the samples of each in another order, the same at every call, in which classes are mixed.</summary>
    public DatasetParts<TSamples> Mixed() =>
        new(Shuffled(Training), Validation is null ? null : Shuffled(Validation), Test is null ? null : Shuffled(Test));

    private static TSamples Shuffled(TSamples samples) => samples.Pick(DatasetOrder.Mixed(samples.Labels.Count));
}

/// <summary>The order in which samples of a data set are taken.</summary>
public static class DatasetOrder
{
    private const long Seed = 20251;

    /// <summary>The indices of so many samples, shuffled, the same way at every call.</summary>
    /// <param name="count">Samples, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static IReadOnlyList<int> Mixed(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = [.. Enumerable.Range(0, count)];
        var random = new RandomStream(Seed);
        for (int i = count - 1; i > 0; i--)
        {
            int other = random.NextInt32(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
