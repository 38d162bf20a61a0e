using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Kernels;

/// <summary>The node of native kernels in torch's graph. There is one instance for all calls: state is in the
/// call.</summary>
internal sealed class KernelFunction<T> : autograd.SingleTensorFunction<KernelFunction<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override string Name => "QuboAttention";

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (KernelCall<T>)vars[0];

        // A missing gradient stays missing: the zeros that would stand in for it belong to a scope that has ended.
        ctx.set_materialize_grads(false);
        ctx.save_data("call", call);
        ctx.save_for_backward([.. vars.Skip(1).Cast<Tensor>()]);
        return call.TakeOutput();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor?> gradients = ((KernelCall<T>)ctx.get_data("call")).Backward(
            grad_output, is_grad_enabled(), () => ctx.get_saved_variables());
        gradients.ForEach(g => g?.MoveToOuterDisposeScope());
        return gradients!;
    }
}
