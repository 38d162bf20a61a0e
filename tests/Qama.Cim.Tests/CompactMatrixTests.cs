using Qama.Cim.Packing;
using Qama.Ising.Precision;

namespace Qama.Cim.Tests;

/// <summary>A matrix on its way between two programs.</summary>
public class CompactMatrixTests
{
    [Theory]
    [InlineData(UploadForm.Ising)]
    [InlineData(UploadForm.QuboOfIsing)]
    [InlineData(UploadForm.RoundedQubo)]
    public void What_arrives_is_what_was_sent(UploadForm form)
    {
        foreach (int bits in new[] { 2, 5, 8, 9, 16 })
        {
            for (ulong seed = 0; seed < 12; seed++)
            {
                MachineProblem[] problems =
                [
                    .. Enumerable.Range(0, 1 + (int)seed % 3).Select(k => PrecisionReducer.Reduce(
                        SmallProblems.Real(seed * 10 + (ulong)k, 3 + (int)seed, 3), new Ising.MachineLimits(60, bits), new PrecisionOptions())),
                ];
                foreach (PackedTask task in TaskPacker.Pack(problems, new Ising.MachineLimits(60, bits)))
                {
                    int n = task.MatrixSize(form);
                    var expected = new int[n * n];
                    task.WriteMatrix(form, bits, expected);
                    byte[] packed = CompactMatrix.Pack(task, form, bits);
                    var found = new int[n * n];
                    found.AsSpan().Fill(77);
                    CompactMatrix.Unpack(packed, form, task.SpinCount, bits, found);
                    Assert.Equal(expected, found);
                    Assert.Equal(CompactMatrix.Length(form, task.SpinCount, bits), packed.Length);
                    Assert.InRange(packed.Length, 1, task.SpinCount * task.SpinCount / 2 * (bits <= 8 ? 1 : 2));
                }
            }
        }
    }
}
