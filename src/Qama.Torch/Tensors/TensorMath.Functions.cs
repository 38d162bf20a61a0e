using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

public abstract partial class TensorMath
{
    /// <summary>The square root, whose slope is 0.5 / max(√x, 1e-30): finite at 0.</summary>
    /// <param name="x">A number.</param>
    protected static Tensor Sqrt(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.requires_grad)
        {
            return x.sqrt();
        }

        // float16 has no such number.
        double slope = x.dtype == ScalarType.Float16 ? 8192 : 0.5 / SmallestRoot;
        Tensor isUsual = x.gt(SmallestRoot * SmallestRoot);
        Tensor root = where(isUsual, x, ones_like(x)).sqrt();
        Tensor rest = where(x.lt(0), full_like(x, double.NaN), x * slope);
        return where(isUsual, root, rest);
    }

    /// <summary>eˣ.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Exp(Tensor x) => Passing(x, () => x.exp()).exp();

    /// <summary>ln x.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Log(Tensor x) => Passing(x, () => 1 / x).log();

    /// <summary>log₂ x.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Log2(Tensor x) => Passing(x, () => 1 / x).log2();

    /// <summary>log₁₀ x.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Log10(Tensor x) => Passing(x, () => 1 / x).log10();

    /// <summary>The logarithm of a to a base, as <see cref="Math.Log(double, double)"/> has it.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">The base.</param>
    protected static Tensor LogOfBase(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        Tensor isNone = y.eq(1).logical_or(x.ne(1).logical_and(y.eq(0).logical_or(y.isposinf())));
        return where(isNone, full_like(x, double.NaN), Divide(Log(x), Log(y)));
    }

    /// <summary>a to the power of b.</summary>
    /// <param name="a">The base.</param>
    /// <param name="b">The exponent.</param>
    protected static Tensor Power(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return pow(Passing(x, () => y * pow(x, y - 1)), Passing(y, () => pow(x, y) * x.log()));
    }

    /// <summary>The hyperbolic tangent.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Tanh(Tensor x) => Passing(x, () => x.tanh()).tanh();

    /// <summary>The hyperbolic sine.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Sinh(Tensor x) => Passing(x, () => x.cosh()).sinh();

    /// <summary>The hyperbolic cosine.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Cosh(Tensor x) => Passing(x, () => x.sinh()).cosh();

    /// <summary>The sine.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Sin(Tensor x) => Passing(x, () => x).sin();

    /// <summary>The cosine.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Cos(Tensor x) => Passing(x, () => x).cos();

    /// <summary>The tangent.</summary>
    /// <inheritdoc cref="Sqrt"/>
    protected static Tensor Tan(Tensor x) => Passing(x, () => x.tan().square()).tan();
}
