using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace BigTech.Tests.Testing;

/// <summary>The messages of MongoDB's wire protocol.</summary>
internal static class MongoWire
{
    private const int Header = 16;
    private const int OpReply = 1;
    private const int OpQuery = 2004;
    private const int OpMsg = 2013;

    /// <summary>The next request of a client; null where there is none that can be answered.</summary>
    public static Request? Read(NetworkStream stream)
    {
        const int moreToCome = 2;
        var header = new byte[Header];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - header.Length];
        stream.ReadExactly(body);
        var id = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        return BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) switch
        {
            OpQuery => new Request(id, Command: null, IsQuiet: false),
            OpMsg => new Request(id, Command(body), (BinaryPrimitives.ReadInt32LittleEndian(body) & moreToCome) != 0),
            _ => null,
        };
    }

    /// <summary>Sends the answer in the form in which the client asked.</summary>
    public static void Send(NetworkStream stream, Request request, BsonDocument reply)
    {
        if (request.Command is null) Send(stream, request.Id, OpReply, [.. new byte[4 + 8 + 4], 1, 0, 0, 0], reply);
        else if (!request.IsQuiet) Send(stream, request.Id, OpMsg, [0, 0, 0, 0, 0], reply);
    }

    private static void Send(NetworkStream stream, int request, int operation, ReadOnlySpan<byte> head, BsonDocument reply)
    {
        var document = reply.ToBson();
        var message = new byte[Header + head.Length + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), request);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), operation);
        head.CopyTo(message.AsSpan(Header));
        document.CopyTo(message.AsSpan(Header + head.Length));
        stream.Write(message);
    }

    /// <summary>The command of an OP_MSG, with its separate document sequences inserted as fields.</summary>
    private static BsonDocument Command(ReadOnlySpan<byte> body)
    {
        var command = new BsonDocument();
        var rest = body[sizeof(int)..];
        while (!rest.IsEmpty)
        {
            var kind = rest[0];
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            var section = rest.Slice(1, length);
            if (kind == 0)
            {
                command.AddRange(Parse(section));
            }
            else
            {
                var name = section[sizeof(int)..];
                var end = name.IndexOf((byte)0);
                command[Encoding.UTF8.GetString(name[..end])] = Sequence(name[(end + 1)..]);
            }
            rest = rest[(1 + length)..];
        }
        return command;
    }

    private static BsonArray Sequence(ReadOnlySpan<byte> documents)
    {
        var list = new BsonArray();
        while (!documents.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(documents);
            list.Add(Parse(documents[..length]));
            documents = documents[length..];
        }
        return list;
    }

    private static BsonDocument Parse(ReadOnlySpan<byte> document) => BsonSerializer.Deserialize<BsonDocument>(document.ToArray());

    /// <param name="Command">Null for the driver's first handshake, which is a query.</param>
    /// <param name="IsQuiet">Whether the client expects no answer.</param>
    internal sealed record Request(int Id, BsonDocument? Command, bool IsQuiet);
}
