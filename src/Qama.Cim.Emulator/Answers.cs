using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Qama.Cim.Emulator;

/// <summary>Bodies of answers, and ways to damage them.</summary>
internal static class Answers
{
    private static readonly int[] _serverErrors = [500, 502, 503];

    public static byte[] Success(Action<Utf8JsonWriter> data) => Write("0", "", data);

    public static byte[] Error(string code, string message) => Write(code, message, null);

    /// <summary>The state of a task and, when it is completed, its solutions.</summary>
    public static byte[] State(EmulatedTask task, RowFormat format, bool wrongLengths) => Success(json =>
    {
        int status = task.Status;
        json.WriteNumber("task_status", status);
        if (status == 3)
        {
            json.WriteString("desc", task.Outcome!.Failure);
        }

        EmulatedTask.Result? solved = status == 2 ? task.Outcome : null;
        int count = solved?.Rows.Count ?? 0;
        json.WriteStartArray("qubo_value");
        for (int r = 0; r < count - (wrongLengths ? 1 : 0); r++)
        {
            json.WriteNumberValue(solved!.Values[r]);
        }

        json.WriteEndArray();
        json.WriteStartArray("qubo_solution_data");
        for (int r = 0; r < count; r++)
        {
            WriteRow(json, solved!.Rows[r], task.IsQubo ? format : RowFormat.Spins, wrongLengths);
        }

        json.WriteEndArray();
        json.WriteStartArray("visual_data");
        json.WriteEndArray();
    });

    /// <summary>Faults in which nothing is done; true if one happened.</summary>
    public static Task<bool> FailBeforeAsync(HttpContext context, FaultKinds fault, FaultDice dice)
    {
        if (fault == FaultKinds.DropBefore)
        {
            context.Abort();
        }
        else if (fault == FaultKinds.ServerError)
        {
            context.Response.StatusCode = _serverErrors[dice.Next(_serverErrors.Length)];
        }
        else
        {
            return Task.FromResult(false);
        }

        return Task.FromResult(true);
    }

    /// <summary>Sends a body, damaged to order.</summary>
    public static async Task WriteAsync(HttpContext context, byte[] body, FaultKinds fault, TimeSpan pause)
    {
        HttpResponse response = context.Response;
        response.ContentType = "application/json";
        if (fault == FaultKinds.MalformedJson)
        {
            body = [.. body.AsSpan(0, body.Length / 2), .. "<html>"u8];
        }

        response.ContentLength = body.Length;
        if (fault == FaultKinds.TruncatedBody)
        {
            await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2)).ConfigureAwait(false);
            await response.Body.FlushAsync().ConfigureAwait(false);
            context.Abort();
            return;
        }

        int pieces = fault == FaultKinds.SlowBody ? 4 : 1;
        for (int p = 0; p < pieces; p++)
        {
            int from = body.Length * p / pieces;
            await response.Body.WriteAsync(body.AsMemory(from, body.Length * (p + 1) / pieces - from)).ConfigureAwait(false);
            if (pieces > 1)
            {
                await response.Body.FlushAsync().ConfigureAwait(false);
                await Task.Delay(pause).ConfigureAwait(false);
            }
        }
    }

    private static byte[] Write(string code, string message, Action<Utf8JsonWriter>? data)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteString("msg", message);
            json.WriteStartObject("data");
            data?.Invoke(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRow(Utf8JsonWriter json, sbyte[] spins, RowFormat format, bool wrongLengths)
    {
        int auxiliary = spins[^1];
        int length = spins.Length - (format == RowFormat.Bits ? 1 : 0) - (wrongLengths ? 2 : 0);
        if (format == RowFormat.Text)
        {
            json.WriteStringValue($"[{string.Join(", ", spins.Take(length))}]");
            return;
        }

        json.WriteStartArray();
        for (int i = 0; i < length; i++)
        {
            if (format == RowFormat.Reals)
            {
                json.WriteRawValue(spins[i] > 0 ? "1.0" : "-1.0", skipInputValidation: true);
            }
            else
            {
                json.WriteNumberValue(format == RowFormat.Bits ? (spins[i] * auxiliary + 1) / 2 : spins[i]);
            }
        }

        json.WriteEndArray();
    }
}
