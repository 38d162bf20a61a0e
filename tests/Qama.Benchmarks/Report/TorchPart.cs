using Qama.Benchmarks.Torch;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>Modules of declared layers beside libtorch's own attention.</summary>
internal static class TorchPart
{
    public static void Write(Markdown page, JsonReport<TorchReport>? report)
    {
        if (report is not { Measurements: { } torch })
        {
            return;
        }

        page.Heading("Beside libtorch");
        page.Paragraph(Format($"""
            [Modules of TorchSharp](torchsharp.md) and libtorch 2.10's own attention in one process, in turns, {torch.Threads} threads, tensors on
            `{torch.Device}`: milliseconds of elapsed time, medians. {torch.Machine.Processor}, {torch.Machine.Processors} processors that others used
            too: ratios mean more than milliseconds. A step is a forward and a backward pass. 20 sweeps of annealing; tensors of more than
            100 tokens bifurcate for 50 steps instead. Softmax attention has an output projection and no norm, the declared layers a
            norm and no output projection.
            """));
        page.Header("shape", "attention", "forward ms", "step ms", "step / softmax");
        foreach (IGrouping<string, TorchMeasurement> shape in torch.Rows.GroupBy(r => r.Shape))
        {
            double softmax = shape.First().Step;
            foreach (TorchMeasurement row in shape)
            {
                page.Row(row.Shape, row.Name, Number(row.Forward), Number(row.Step), Number(row.Step / softmax));
            }
        }

        page.EndTable();
        page.Paragraph("""
            On a CPU native kernels are the choice, and `Backend.Auto` makes it. What operations of torch cost there is the number of
            them: each takes microseconds, and a step of annealing is ten to forty. They are for devices where tensors are already.
            """);
    }
}
