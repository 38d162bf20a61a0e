using System.Numerics;

namespace Qama.Layers.Hosting;

/// <summary>What a hosted pass needs: a workspace, and the parameters as they were when it ran.</summary>
internal sealed class HostedMemory<T>(QuboAttentionLayer<T> layer, int batch)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[][] _parameters = Copies(layer.Parameters);
    private readonly T[][] _gradients = Copies(layer.Parameters);
    private readonly T[][] _buffers = Copies(layer.Buffers);

    public LayerWorkspace<T> Workspace { get; } = layer.CreateWorkspace(batch);

    /// <summary>The pass whose results are in here.</summary>
    public HostedPass<T>? Holder { get; set; }

    public Span<T> Parameter(int index) => _parameters[index];

    public Span<T> Gradient(int index) => _gradients[index];

    public Span<T> Buffer(int index) => _buffers[index];

    public void Load(QuboAttentionLayer<T> target)
    {
        Copy(_parameters, target.Parameters);
        Copy(_buffers, target.Buffers);
    }

    public void TakeBuffers(QuboAttentionLayer<T> source)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            source.Buffers[i].Value.CopyTo(_buffers[i]);
        }
    }

    public void TakeGradients(QuboAttentionLayer<T> source)
    {
        for (int i = 0; i < _gradients.Length; i++)
        {
            source.Parameters[i].Gradient.CopyTo(_gradients[i]);
        }
    }

    private static T[][] Copies(ParameterCollection<T> parameters) => [.. parameters.Select(p => new T[p.Length])];

    private static void Copy(T[][] values, ParameterCollection<T> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(target[i].Value);
        }
    }
}
