using Qama.Layers;
using Qama.Torch.Tensors;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>What is made of a selection (docs/mathematics.md, Readouts); the selection is a constant.</summary>
internal static class ReadoutTensors
{
    /// <summary>The epsilon of the entropy, as in the paper's code.</summary>
    private const double EntropyEpsilon = 1e-6;

    /// <summary>Selection weights s from states, [batch, heads, tokens, reads].</summary>
    /// <param name="states">[batch, reads, heads, tokens, bits], booleans.</param>
    /// <param name="type">The weights' type.</param>
    public static Tensor Selection(Tensor states, ScalarType type)
    {
        int bits = (int)states.shape[4];
        double unit = 1.0 / ((1L << bits) - 1);
        Tensor sum = states.select(4, 0).to(type) * unit;
        for (int b = 1; b < bits; b++)
        {
            sum = sum + states.select(4, b).to(type) * ((1L << b) * unit);
        }

        return sum.permute(0, 2, 3, 1).contiguous();
    }

    /// <summary>Local energies of every read, ε = −s (w_J Σ_j J s_j + w_f f), [batch, heads, tokens, reads].</summary>
    public static Tensor LocalEnergies(
        in Coefficients coefficients, Tensor selection, double couplingWeight, double fieldWeight)
    {
        Tensor? reward = null;
        if (coefficients.Couplings is { } couplings)
        {
            reward = matmul(couplings, selection) * couplingWeight;
        }

        if (coefficients.Fields is { } fields)
        {
            Tensor own = (fields * fieldWeight).unsqueeze(3);
            reward = reward is null ? own : reward + own;
        }

        return reward is null ? zeros_like(selection) : -(selection * reward);
    }

    /// <summary>y[i,d] = ε[h,i] g_d, the mean over reads, [batch, heads, tokens, dim].</summary>
    public static Tensor LocalEnergy(Tensor energies, Tensor generator) => energies.mean([3]).unsqueeze(3) * generator;

    /// <summary>Nothing in value; its gradient is the path of an expectation through the Boltzmann distribution that
    /// its reads were drawn from (docs/mathematics.md, Gradients): β w_J Cov(G, s_i s_j) for J[i,j] and β w_f Cov(G,
    /// s_i) for f[i], G the loss's slope along a read's output.</summary>
    /// <param name="energies">Local energies of the reads.</param>
    /// <param name="coefficients">J and f.</param>
    /// <param name="selection">s of the reads.</param>
    /// <param name="generator">g.</param>
    /// <param name="model">Temperature and weights.</param>
    /// <returns>[batch, heads, tokens, dim].</returns>
    public static Tensor BoltzmannPath(
        Tensor energies, in Coefficients coefficients, Tensor selection, Tensor generator, ModelDescriptor model)
    {
        Tensor? slope = LogWeight(coefficients, selection, model);
        long reads = selection.shape[3];
        Tensor held = energies.detach();
        Tensor deviations = (held - held.mean([3], keepdim: true)) / (reads - 1);
        slope = slope is null ? zeros_like(deviations) : slope.unsqueeze(1).unsqueeze(1);
        return (deviations * slope).sum([3]).unsqueeze(3) * generator.detach();
    }

    /// <summary>y_i = Σ_j ⟨s_j⟩ v_j for every present token i, ⟨s⟩ the mean over reads, and the path of its gradient through the distribution
    /// that the reads were drawn from. [batch, heads, tokens, dim].</summary>
    /// <param name="coefficients">J and f.</param>
    /// <param name="selection">s of the reads, [batch, heads, tokens, reads].</param>
    /// <param name="value">v, [batch, heads, tokens, dim].</param>
    /// <param name="present">Present tokens.</param>
    /// <param name="model">Temperature and weights.</param>
    public static Tensor MarginalAttention(
        in Coefficients coefficients, Tensor selection, Tensor value, PresentTokens present, ModelDescriptor model)
    {
        Tensor pooled = matmul(selection.mean([3]).unsqueeze(2), value);
        if (LogWeight(coefficients, selection, model) is { } slope)
        {
            Tensor held = matmul(value.detach().transpose(2, 3), selection);
            Tensor deviations = (held - held.mean([3], keepdim: true)) / (selection.shape[3] - 1);
            pooled = pooled + (deviations * slope.unsqueeze(1).unsqueeze(1)).sum([3]).unsqueeze(2);
        }

        return pooled * present.OfHead.unsqueeze(3);
    }

    /// <summary>Nothing in value; its gradient is that of log p of every read, less what all reads share, [batch, reads]; null where there is
    /// neither J nor f.</summary>
    private static Tensor? LogWeight(in Coefficients coefficients, Tensor selection, ModelDescriptor model)
    {
        // x − x.detach() is exactly 0 and passes gradients: log p of a read, less its own value.
        Tensor? slope = null;
        if (coefficients.Couplings is { } couplings)
        {
            Tensor passing = couplings - couplings.detach();
            slope = (matmul(passing, selection) * selection).sum([1, 2]) * model.CouplingWeight;
        }

        if (coefficients.Fields is { } fields)
        {
            Tensor own = ((fields - fields.detach()).unsqueeze(3) * selection).sum([1, 2]) * model.FieldWeight;
            slope = slope is null ? own : slope + own;
        }

        return slope is null ? null : slope / model.Temperature!.Value;
    }

    /// <summary>The mean over reads of an output, [batch, heads, tokens, dim], and with a temperature the path through the distribution as in
    /// <see cref="BoltzmannPath"/>.</summary>
    /// <param name="outputs">Of every read, [batch, heads, reads, tokens, dim].</param>
    /// <param name="coefficients">J and f.</param>
    /// <param name="selection">s of the reads, [batch, heads, tokens, reads].</param>
    /// <param name="model">Temperature and weights.</param>
    public static Tensor MeanOfReads(Tensor outputs, in Coefficients coefficients, Tensor selection, ModelDescriptor model)
    {
        Tensor mean = outputs.mean([2]);
        long reads = selection.shape[3];
        if (model.Temperature is null || reads < 2 || LogWeight(coefficients, selection, model) is not { } slope)
        {
            return mean;
        }

        Tensor held = outputs.detach();
        Tensor deviations = (held - held.mean([2], keepdim: true)) / (reads - 1);
        return mean + (deviations * slope.view(-1, 1, reads, 1, 1)).sum([2]);
    }

    /// <summary>y[i,d] = −ε[h,i] t_d(v_i)/f[h,i], the mean over reads, [batch, heads, tokens, dim].</summary>
    public static Tensor EntropyShare(Tensor energies, Tensor fields, Tensor value, PresentTokens present)
    {
        Tensor share = (value / (value.sum([3], keepdim: true) + EntropyEpsilon)).clamp(EntropyEpsilon, 1);
        Tensor terms = -(share * share.log2());
        Tensor divisor = present.AreAll ? fields : fields.masked_fill(present.OfHead.bitwise_not(), 1);
        return (-(energies.mean([3]) / divisor)).unsqueeze(3) * terms;
    }

    /// <summary>y_i = Σ_j a[i,j] v_j, a[i,j] = s_j exp(F[i,j] + f_j) / Σ_k …, over visible tokens; 0 where none is
    /// selected. [batch, heads, tokens, dim].</summary>
    /// <param name="similarity">F, [batch, heads, tokens, tokens].</param>
    /// <param name="fields">f, [batch, heads, tokens]; null for none.</param>
    /// <param name="selection">s of one read, [batch, heads, tokens].</param>
    /// <param name="value">v, [batch, heads, tokens, dim].</param>
    /// <param name="visible">Pairs of tokens that see each other, booleans that broadcast to F.</param>
    public static Tensor SelectedAttention(
        Tensor similarity, Tensor? fields, Tensor selection, Tensor value, Tensor visible)
    {
        Tensor logits = fields is null ? similarity : similarity + fields.unsqueeze(2);
        Tensor weights = selection.unsqueeze(2);
        Tensor hidden = (visible & weights.gt(0)).bitwise_not();
        Tensor largest = logits.detach().masked_fill(hidden, double.NegativeInfinity).amax([3], keepdim: true);
        largest = largest.masked_fill(largest.isneginf(), 0);

        // What is hidden leaves before the exponential and again behind it: no infinity meets a zero in either
        // direction.
        Tensor shares = ((logits - largest).masked_fill(hidden, 0).exp() * weights).masked_fill(hidden, 0);
        Tensor sum = shares.sum([3], keepdim: true);
        return matmul(shares / sum.masked_fill(sum.eq(0), 1), value);
    }
}
