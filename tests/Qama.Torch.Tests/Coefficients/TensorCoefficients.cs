using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>What the emitted operations of torch make of some points, as one batch.</summary>
internal static class TensorCoefficients
{
    /// <remarks>Heads and dimensions of a head differ in number: a learnable's shape says what it is.</remarks>
    /// <summary>F itself (not symmetric), fields, and the gradients of the loss; those of learnables are of all points
    /// together.</summary>
    public static CoefficientResult[] Compute(ITensorModel model, IReadOnlyList<CoefficientPoint> points, ScalarType number)
    {
        using var scope = NewDisposeScope();
        CoefficientPoint first = points[0];
        (int heads, int tokens, int dim) = (first.Heads, first.Tokens, first.Dim);
        Tensor query = Batch(p => p.Query, heads, tokens, dim), key = Batch(p => p.Key, heads, tokens, dim);
        Tensor value = Batch(p => p.Value, heads, tokens, dim);
        Tensor[] learnables = [.. first.Learnables.Select(l => Leaf(l.Value.ToArray(), [.. l.Shape.Select(s => (long)s)]))];
        var inputs = new TensorInputs(query, key, value, Learnable, Table);
        Tensor loss = zeros(1, number);
        Tensor couplings = Whole(model.Couplings(inputs), heads, tokens, tokens);
        Tensor fields = Whole(model.Fields(inputs), heads, tokens);
        foreach ((Tensor all, Tensor gradient) in new[]
        {
            (couplings, Constant(p => p.CouplingGradient, heads, tokens, tokens)), (fields, Constant(p => p.FieldGradient, heads, tokens)),
        })
        {
            Assert.Equal(number, all.dtype);
            loss = loss + (where(gradient.ne(0), all, zeros_like(all)) * gradient).sum();
        }

        if (loss.requires_grad)
        {
            loss.backward();
        }

        Tensor[] gradients = [.. new[] { query, key, value }.Concat(learnables).Select(x => x.grad ?? zeros_like(x))];
        return
        [
            .. points.Select((_, b) => new CoefficientResult(
                Numbers(couplings[b]), Numbers(fields[b]), [.. gradients.Select((g, n) => Numbers(n < 3 ? g[b] : g))])),
        ];

        Tensor Learnable(int index)
        {
            Parameter<double> learnable = first.Learnables[index];
            bool isVector = learnable.Shape[^1] == dim;
            bool perHead = learnable.Shape.Count > 1 || (!isVector && learnable.Length > 1);
            long h = perHead ? heads : 1;
            return isVector ? learnables[index].reshape(1, h, 1, 1, dim) : learnables[index].reshape(1, h, 1, 1);
        }

        Tensor Table(Array values, int ofHeads, bool ofPairs)
        {
            long stride = Qama.Numerics.Matrices.Padding.Stride(tokens);
            Tensor all = Make((double[])values, [1, ofHeads, ofPairs ? tokens : 1, stride]);
            return all.narrow(3, 0, tokens);
        }

        Tensor Batch(Func<CoefficientPoint, Array> part, params long[] shape) =>
            Leaf([.. points.SelectMany(p => part(p).Cast<double>())], [points.Count, .. shape]);

        Tensor Constant(Func<CoefficientPoint, Array> part, params long[] shape) =>
            Make([.. points.SelectMany(p => part(p).Cast<double>())], [points.Count, .. shape]);

        Tensor Leaf(double[] values, long[] shape) => Make(values, shape).detach().requires_grad_();

        Tensor Make(double[] values, long[] shape)
        {
            Tensor tensor = empty(shape, ScalarType.Float64);
            values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));
            return tensor.to(number);
        }

        Tensor Whole(Tensor? coefficient, params long[] shape) =>
            (coefficient ?? zeros(1, number)).expand([points.Count, .. shape]);
    }

    private static double[] Numbers(Tensor tensor)
    {
        using Tensor plain = tensor.detach().to(ScalarType.Float64).contiguous();
        return MemoryMarshal.Cast<byte, double>(plain.bytes).ToArray();
    }
}
