using System.Numerics;
using Qama.Layers;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Optimization;

/// <summary>Settings of <see cref="Adam{T}"/>; the defaults are PyTorch's.</summary>
public sealed record AdamOptions
{
    /// <summary>Decay of the mean of gradients, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared mean, positive.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay (Loshchilov, Hutter, arXiv 1711.05101), at least 0: every step first multiplies
    /// values by 1 − rate · decay. It applies to parameters with two dimensions or more; norms, biases and vectors are
    /// left alone.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>The Adam optimiser (Kingma, Ba, arXiv 1412.6980), with decoupled weight decay.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Adam<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Parameter<T>[] _parameters;
    private readonly Parameter<T>[] _mean;
    private readonly Parameter<T>[] _square;
    private readonly AdamOptions _options;

    /// <summary>Allocates the moments of some parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Adam(IReadOnlyList<NamedParameter<T>> parameters, AdamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _options = options ?? new AdamOptions();
        if (!(_options.Beta1 is >= 0 and < 1) || !(_options.Beta2 is >= 0 and < 1))
        {
            throw new ArgumentException("Expected Beta1 and Beta2 in [0, 1).", nameof(options));
        }

        if (!(_options.Epsilon > 0) || !(_options.WeightDecay >= 0))
        {
            throw new ArgumentException("Expected a positive Epsilon and a WeightDecay of at least 0.", nameof(options));
        }

        _parameters = [.. parameters.Select(p => p.Parameter)];
        _mean = [.. _parameters.Select(p => new Parameter<T>("Mean", p.Shape))];
        _square = [.. _parameters.Select(p => new Parameter<T>("Square", p.Shape))];
        State =
        [
            .. parameters.Zip(_mean, (p, moment) => new NamedParameter<T>($"Mean.{p.Name}", moment)),
            .. parameters.Zip(_square, (p, moment) => new NamedParameter<T>($"Square.{p.Name}", moment)),
        ];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The moments: with <see cref="Steps"/>, everything a saved optimiser needs. Their gradients are unused.</summary>
    public IReadOnlyList<NamedParameter<T>> State { get; }

    /// <summary>Sets the number of steps, to go on from saved moments.</summary>
    internal void Resume(long steps) => Steps = steps;

    /// <summary>Changes every parameter by its gradient; allocates nothing.</summary>
    /// <param name="learningRate">The rate of this step, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or NaN.</exception>
    public void Step(double learningRate)
    {
        if (!(learningRate >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "Expected a rate of at least 0.");
        }

        Steps++;
        T size = T.CreateTruncating(learningRate / (1 - Math.Pow(_options.Beta1, Steps)));
        T correction = T.CreateTruncating(1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps)));
        for (int p = 0; p < _parameters.Length; p++)
        {
            double decay = _parameters[p].Shape.Count > 1 ? _options.WeightDecay : 0;
            Update(
                _parameters[p].Value, _parameters[p].Gradient, _mean[p].Value, _square[p].Value, size, correction,
                T.CreateTruncating(1 - learningRate * decay));
        }
    }

    private void Update(
        Span<T> value, ReadOnlySpan<T> gradient, Span<T> mean, Span<T> square, T size, T correction, T keep)
    {
        var action = new UpdateAction
        {
            Value = value,
            Gradient = gradient,
            Mean = mean,
            Square = square,
            Beta1 = T.CreateTruncating(_options.Beta1),
            Beta2 = T.CreateTruncating(_options.Beta2),
            Rest1 = T.CreateTruncating(1 - _options.Beta1),
            Rest2 = T.CreateTruncating(1 - _options.Beta2),
            Epsilon = T.CreateTruncating(_options.Epsilon),
            Size = size,
            Correction = correction,
            Keep = keep,
        };
        VectorPath.Run<T, UpdateAction>(ref action);
    }

    private ref struct UpdateAction : IVectorAction<T>
    {
        public Span<T> Value, Mean, Square;
        public ReadOnlySpan<T> Gradient;
        public T Beta1, Beta2, Rest1, Rest2, Epsilon, Size, Correction, Keep;

        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            int whole = Value.Length - Value.Length % TVector.Count;
            (TVector epsilon, TVector correction) = (TVector.All(Epsilon), TVector.All(Correction));
            for (int i = 0; i < whole; i += TVector.Count)
            {
                TVector g = TVector.Load(Gradient, i);
                TVector mean = Beta1 * TVector.Load(Mean, i) + Rest1 * g;
                TVector square = Beta2 * TVector.Load(Square, i) + Rest2 * g * g;
                TVector.Store(Mean, i, mean);
                TVector.Store(Square, i, square);
                TVector change = Size * mean / (TVector.Sqrt(square) * correction + epsilon);
                TVector.Store(Value, i, Keep * TVector.Load(Value, i) - change);
            }

            for (int i = whole; i < Value.Length; i++)
            {
                T g = Gradient[i];
                Mean[i] = Beta1 * Mean[i] + Rest1 * g;
                Square[i] = Beta2 * Square[i] + Rest2 * g * g;
                Value[i] = Keep * Value[i] - Size * Mean[i] / (T.Sqrt(Square[i]) * Correction + Epsilon);
            }
        }
    }
}
