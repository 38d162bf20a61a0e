using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>Reads a body that may not be longer than agreed, and not shorter than it says.</summary>
internal static class LimitedContent
{
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            // Its length is a number of the machine's choice, and not repeated.
            throw new CimAnswerException($"The answer promises more than the {limit} bytes allowed.");
        }

        // A length that is only promised is no reason to allocate.
        using var body = new MemoryStream();
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
            {
                body.Write(chunk, 0, read);
                if (body.Length > limit)
                {
                    throw new CimAnswerException($"The answer has more than the {limit} bytes allowed.");
                }
            }
        }

        return body.ToArray();
    }
}
