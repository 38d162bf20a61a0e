using Qama.Layers;
using Qama.Torch.Energies;
using Qama.Torch.Sampling;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>
/// A declared layer as operations of torch, on the device and in the number type of its parameters: the same numbers as
/// the native layer's, differentiated by autograd. It holds no parameters; a module hands them over with every pass.
/// </summary>
/// <param name="model">Couplings and fields.</param>
/// <param name="descriptor">The model.</param>
/// <param name="freePairs">Pairs of tokens that may have a coupling, [tokens, tokens], false on the diagonal.</param>
internal sealed class TensorLayer(ITensorModel model, ModelDescriptor descriptor, bool[,] freePairs) : IDisposable
{
    private readonly ParameterLayout _layout = new(descriptor);
    private readonly bool[] _freePairs = [.. freePairs.Cast<bool>()];
    private readonly long[] _learnedPairs = LearnedPairs(descriptor.LearnedCoupling);

    /// <summary>Constants on devices.</summary>
    public DeviceTables Tables { get; } = new();

    /// <summary>Computes the layer's output for a batch, which may be empty.</summary>
    /// <exception cref="ArgumentException">A shape, type, device or token count does not fit; the message has what was
    /// expected.</exception>
    /// <exception cref="NotFiniteNumberException">An input, a coupling, a field or a statistic of the batch is NaN or
    /// infinite; the message names model and sample. Nothing has changed.</exception>
    /// <exception cref="NotSupportedException">The model reads an expectation and the sampler cannot draw at a
    /// temperature; or its gradient goes through the solver in a way that this backend does not have.</exception>
    /// <exception cref="InvalidOperationException">The sampler answered with other shapes or types than were asked
    /// for.</exception>
    public TensorResult Forward(TensorPass pass)
    {
        InputChecks.RequireGradient(descriptor, model.Readout.Kind);
        InputChecks.RequirePass(pass, descriptor, _layout);
        using DisposeScope scope = NewDisposeScope();
        Tensor first = pass.Inputs[0];
        ScalarType type = pass.Parameters.Count > 0 ? pass.Parameters[0].dtype : first.dtype;
        var checks = new NumberChecks(descriptor.Name, first.device_type != DeviceType.META);
        PresentTokens present = FindTokens(pass, checks);
        Tensor[] projected = Project(pass, type, present, checks);
        HeadNormTensors? couplingNorm = _layout.HeadNorm(pass, HeadNormKind.Coupling);
        HeadNormTensors? fieldNorm = _layout.HeadNorm(pass, HeadNormKind.Field);
        HeadNormTensors? outputNorm = _layout.HeadNorm(pass, HeadNormKind.Output);
        var inputs = new TensorInputs(projected[0], projected[1], projected[2], Learnable, Table, LearnedCoupling);
        var coefficients = Coefficients.Compute(model, descriptor, inputs, present, couplingNorm, fieldNorm);
        checks.AddCoefficients("a coupling", coefficients.Couplings, coefficients.OwnCouplings);
        checks.AddCoefficients("a field", coefficients.Fields, coefficients.OwnFields);
        if (coefficients.Similarity is { } similarity)
        {
            Tensor hidden = present.PairsAndSelf().bitwise_not();
            checks.AddCoefficients("a similarity", similarity.masked_fill(hidden, 0), null);
        }

        checks.AddStatistics(couplingNorm);
        checks.AddStatistics(fieldNorm);
        checks.Require();

        TensorProblem problem = MakeProblem(coefficients, present);
        TensorSamples samples = Sample(problem, pass);
        Tensor output = Read(pass, coefficients, samples, projected[2], present, inputs);
        output = outputNorm is null ? output : outputNorm.Apply(output, present.OfHead.unsqueeze(3));
        checks.AddStatistics(outputNorm);
        checks.Require();

        output = output.transpose(1, 2).reshape(output.shape[0], descriptor.Tokens, descriptor.OutputDim);
        output = ReachAll(output, pass).to(first.dtype);
        HeadNormTensors?[] norms = [couplingNorm, fieldNorm, outputNorm];
        Tensor[] statistics = [.. norms.SelectMany(n => new[] { n?.NewMean, n?.NewVariance }).OfType<Tensor>()];
        Tensor?[] kept =
        [
            output, samples.States, samples.Energies, problem.Couplings, problem.Fields, problem.Present,
            problem.ComputedWeights, .. statistics,
        ];
        scope.MoveToOuter(kept.OfType<Tensor>());
        return new TensorResult(output, samples, problem, statistics);

        Tensor Learnable(int index) => Spread(_layout.Learnable(pass.Parameters, index), descriptor.Learnables[index]);

        Tensor LearnedCoupling() => Spread(_layout.LearnedCoupling(pass.Parameters), descriptor.LearnedCoupling!, first.device);

        Tensor Table(Array values, int heads, bool ofPairs) => Tables.Get(
            values, () => TrimTable(values, heads, ofPairs ? descriptor.Tokens : 1), type, first.device);
    }

    /// <inheritdoc/>
    public void Dispose() => Tables.Dispose();

    private PresentTokens FindTokens(TensorPass pass, NumberChecks checks)
    {
        Tensor first = pass.Inputs[0];
        (long batch, int tokens, torch.Device device) = (first.shape[0], descriptor.Tokens, first.device);
        Tensor free = Tables.Get(_freePairs, () => tensor(_freePairs).view(tokens, tokens), ScalarType.Bool, device);
        if (pass.Present is { } present)
        {
            return new PresentTokens(present, areAll: false, free);
        }

        if (pass.Lengths is not { } lengths)
        {
            return new PresentTokens(ones([batch, tokens], ScalarType.Bool, device), areAll: true, free);
        }

        checks.AddLengths(lengths, tokens);
        return new PresentTokens(arange(tokens, device: device).lt(lengths.unsqueeze(1)), areAll: false, free);
    }

    private Tensor[] Project(TensorPass pass, ScalarType type, PresentTokens present, NumberChecks checks)
    {
        Tensor[] inputs = [.. pass.Inputs.Select(i => InputTensors.Fill(i.to(type), present))];
        for (int i = 0; i < inputs.Length; i++)
        {
            string name = InputChecks.NameOf(inputs, i);
            checks.AddInput($"{(name == "input" ? "an" : "a")} {name}", inputs[i]);
        }

        return [.. Enum.GetValues<InputRole>().Select(role => InputTensors.Project(
            inputs[inputs.Length == 1 ? 0 : (int)role], descriptor, _layout, pass.Parameters, role))];
    }

    private TensorProblem MakeProblem(in Coefficients coefficients, PresentTokens present)
    {
        using IDisposable mode = no_grad();
        var problem = new TensorProblem(
            model.Energy, model.Energy.HasCoupling ? coefficients.CouplingsToSolve(descriptor) : null,
            coefficients.FieldsToSolve(), present.Tokens);
        problem.ComputedWeights = problem.Count > 0 ? model.ComputeWeights(problem) : null;
        return problem;
    }

    private TensorSamples Sample(TensorProblem problem, TensorPass pass)
    {
        int reads = descriptor.ReadCount;
        long[] shape = [problem.Count, reads, descriptor.HeadCount, descriptor.Tokens, descriptor.SelectionBits];
        if (problem.Count == 0)
        {
            return new TensorSamples(
                zeros(shape, ScalarType.Bool, problem.Device), zeros([0, reads], problem.NumberType, problem.Device));
        }

        using IDisposable mode = no_grad();
        TensorSamples samples = pass.Sampler.Sample(problem, reads, descriptor.Temperature, pass.SamplingKey);
        Tensor states = samples.States;
        if (!states.shape.AsSpan().SequenceEqual(shape) || states.dtype != ScalarType.Bool
            || !states.IsOn(problem.Device))
        {
            throw new InvalidOperationException(
                $"The sampler \"{pass.Sampler.Name}\" was asked for states [{string.Join(", ", shape)}] of booleans on "
                + $"{problem.Device} and returned [{string.Join(", ", states.shape)}] of {states.dtype} on "
                + $"{states.device}.");
        }

        return samples;
    }

    /// <summary>The output before its norm, [batch, heads, tokens, dim].</summary>
    private Tensor Read(
        TensorPass pass, in Coefficients coefficients, TensorSamples samples, Tensor value, PresentTokens present,
        TensorInputs inputs)
    {
        TensorReadout readout = model.Readout;
        Tensor selection = ReadoutTensors.Selection(samples.States, value.dtype);
        if (readout.Kind == TensorReadoutKind.SelectedAttention)
        {
            return ReadoutTensors.SelectedAttention(
                coefficients.Similarity!, coefficients.Fields, selection.select(3, 0), value, present.PairsAndSelf());
        }

        if (readout.Kind == TensorReadoutKind.MarginalAttention)
        {
            return ReadoutTensors.MarginalAttention(coefficients, selection, value, present, descriptor);
        }

        (double couplingWeight, double fieldWeight) =
            readout.IsWeighted ? (descriptor.CouplingWeight, descriptor.FieldWeight) : (1.0, 1.0);
        Tensor energies = ReadoutTensors.LocalEnergies(coefficients, selection, couplingWeight, fieldWeight);
        if (readout.Kind == TensorReadoutKind.EntropyShare)
        {
            return ReadoutTensors.EntropyShare(energies, coefficients.Fields!, value, present);
        }

        if (readout.Kind == TensorReadoutKind.Terms)
        {
            inputs.Selected = selection.transpose(2, 3);
            inputs.Energies = energies.transpose(2, 3);
            long[] shape = [value.shape[0], descriptor.HeadCount, selection.shape[3], descriptor.Tokens, descriptor.HeadDim];
            Tensor outputs = model.Terms(inputs)!.expand(shape);
            outputs = present.AreAll ? outputs : outputs.masked_fill(present.OfHead.bitwise_not().unsqueeze(2).unsqueeze(4), 0);
            return ReadoutTensors.MeanOfReads(outputs, coefficients, selection, descriptor);
        }

        Tensor generator = _layout.Learnable(pass.Parameters, readout.Generator);
        Tensor output = ReadoutTensors.LocalEnergy(energies, generator);
        return descriptor.Temperature is not null && descriptor.ReadCount > 1
            ? output + ReadoutTensors.BoltzmannPath(energies, coefficients, selection, generator, descriptor)
            : output;
    }

    /// <summary>The output, of which every parameter and input is a part, if only an empty one: what a model does not
    /// use has zeros as its gradient, as in the native layer, rather than none.</summary>
    private static Tensor ReachAll(Tensor output, TensorPass pass)
    {
        if (!is_grad_enabled())
        {
            return output;
        }

        Tensor[] parts = [.. pass.Parameters.Concat(pass.Inputs).Where(t => t.requires_grad)
            .Select(t => t.unsqueeze(0).narrow(0, 0, 0).flatten().to(output.dtype))];
        return parts.Length == 0 ? output : output + cat(parts).sum();
    }

    /// <summary>A learnable as terms see it: [1, heads or 1, 1, 1] and [dim] behind it where it is a vector.</summary>
    private static Tensor Spread(Tensor learnable, LearnableDescription description)
    {
        // Stored as [1] or [dim], per head as [heads] or [heads, dim].
        int heads = description.PerHead ? description.Shape[0] : 1;
        int length = description.Length / heads;
        return length == 1 && description.Shape.Count == 1
            ? learnable.view(1, heads, 1, 1)
            : learnable.view(1, heads, 1, 1, length);
    }

    /// <summary>Learned couplings as terms see them, [1, heads or 1, N, N]: the number of every pair.</summary>
    private Tensor Spread(Tensor learned, LearnedCouplingDescription description, torch.Device device)
    {
        (int heads, int tokens) = (description.TableHeads, description.Tokens);
        if (description.Form == LearnedCouplingForm.Static)
        {
            return learned.view(1, heads, tokens, tokens);
        }

        Tensor pairs = Tables.Get(_learnedPairs, () => tensor(_learnedPairs), ScalarType.Int64, device);
        return learned.view(heads, -1).index_select(1, pairs).view(1, heads, tokens, tokens);
    }

    private static long[] LearnedPairs(LearnedCouplingDescription? description) =>
        description is not { Form: LearnedCouplingForm.Relative } learned ? []
        : [.. Enumerable.Range(0, learned.Tokens).SelectMany(i => Enumerable.Range(0, learned.Tokens).Select(j => (long)learned.IndexOf(i, j)))];

    private Tensor TrimTable(Array values, int heads, int rows)
    {
        long stride = values.Length / (heads * rows);
        return values switch
        {
            float[] numbers => Trim(tensor(numbers)),
            double[] numbers => Trim(tensor(numbers)),
            _ => throw new ArgumentException(
                $"Expected an array of float or double, got {values.GetType()}.", nameof(values)),
        };

        Tensor Trim(Tensor padded) => padded.view(1, heads, rows, stride).narrow(3, 0, descriptor.Tokens);
    }
}
