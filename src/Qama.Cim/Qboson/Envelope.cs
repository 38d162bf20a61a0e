using System.Net;
using System.Text;
using Qama.Cim.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>What every answer of the API is wrapped in: {"code": "0", "msg": "", "data": …}.</summary>
/// <param name="Status">The answer's HTTP status.</param>
/// <param name="Code">"0" for success; of an error without one, the status.</param>
/// <param name="Message">What people are told.</param>
/// <param name="Data">The content.</param>
internal readonly record struct Envelope(HttpStatusCode Status, string Code, string Message, CheckedJson Data)
{
    public bool IsSuccess => (int)Status < 400 && Code == "0";

    /// <exception cref="CimAnswerException">No such JSON.</exception>
    public static Envelope Parse(HttpStatusCode status, byte[] body)
    {
        CheckedJson root = CheckedJson.Parse(body, "The answer");
        return new Envelope(status, root["code"].Scalar(), root.Words("msg"), root.Find("data"));
    }

    /// <summary>What an error says, whatever form it has.</summary>
    public static Envelope OfError(HttpStatusCode status, byte[] body)
    {
        try
        {
            return Parse(status, body);
        }
        catch (CimAnswerException)
        {
            return new Envelope(status, $"{(int)status}", Encoding.UTF8.GetString(body), default);
        }
    }
}
