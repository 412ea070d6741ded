package dev.convoke.sweep;

import dev.convoke.train.Json;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SimpleType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Maps, lists and scalars as the schema validator wants to see them. */
public record MapNode(Object value, String getJsonPointer) implements JsonNode {
    /** Reads JSON and wraps what it holds. */
    public static final class Factory implements JsonNodeFactory {
        @Override
        public JsonNode wrap(Object value) {
            return value instanceof JsonNode node ? node : new MapNode(value, "");
        }

        @Override
        public JsonNode create(String json) {
            try {
                return new MapNode(Json.read(json), "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public SimpleType getNodeType() {
        if (value instanceof Map) {
            return SimpleType.OBJECT;
        }
        if (value instanceof List) {
            return SimpleType.ARRAY;
        }
        if (value instanceof String) {
            return SimpleType.STRING;
        }
        if (value instanceof Boolean) {
            return SimpleType.BOOLEAN;
        }
        if (value instanceof Number) {
            return asNumber().stripTrailingZeros().scale() <= 0 ? SimpleType.INTEGER : SimpleType.NUMBER;
        }
        return SimpleType.NULL;
    }

    @Override
    public boolean asBoolean() {
        return (Boolean) value;
    }

    @Override
    public String asString() {
        return String.valueOf(value);
    }

    @Override
    public BigInteger asInteger() {
        return asNumber().toBigIntegerExact();
    }

    @Override
    public BigDecimal asNumber() {
        return new BigDecimal(value.toString());
    }

    @Override
    public List<JsonNode> asArray() {
        List<JsonNode> nodes = new ArrayList<>();
        for (Object element : (List<?>) value) {
            nodes.add(new MapNode(element, getJsonPointer + "/" + nodes.size()));
        }
        return nodes;
    }

    @Override
    public Map<String, JsonNode> asObject() {
        Map<String, JsonNode> nodes = new LinkedHashMap<>();
        ((Map<?, ?>) value)
                .forEach((key, element) -> nodes.put(
                        (String) key,
                        new MapNode(element, getJsonPointer + "/" + JsonNode.encodeJsonPointer((String) key))));
        return nodes;
    }
}
