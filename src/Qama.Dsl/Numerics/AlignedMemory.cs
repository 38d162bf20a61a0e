namespace Qama.Numerics;

/// <summary>Floats at an address that does not move and is a multiple of 64 bytes; grows, never shrinks.</summary>
internal sealed unsafe class AlignedMemory
{
    private const int Slack = 16; // floats lost to alignment at most

    private float[] _memory = [];

    /// <summary>The first float; null before the first <see cref="Reserve"/>.</summary>
    public float* Start { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> floats; what the memory held is lost when it grows.</summary>
    public void Reserve(long length)
    {
        if (Start is null || _memory.Length < length + Slack)
        {
            _memory = GC.AllocateUninitializedArray<float>(checked((int)(length + Slack)), pinned: true);
            float* first = (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
            Start = (float*)(((nuint)first + 63) & ~(nuint)63);
        }
    }
}
