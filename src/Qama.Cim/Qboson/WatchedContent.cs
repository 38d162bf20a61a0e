using System.Net;

namespace Qama.Cim.Qboson;

/// <summary>A body that knows whether it was asked for: until then nothing of it can have left this computer.</summary>
internal sealed class WatchedContent : HttpContent
{
    private readonly HttpContent _content;
    private volatile bool _hasLeft;

    public WatchedContent(HttpContent content)
    {
        _content = content;
        foreach ((string name, IEnumerable<string> values) in content.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Whether writing to the connection has begun.</summary>
    public bool HasLeft => _hasLeft;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _hasLeft = true;
        return _content.CopyToAsync(stream, context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
