// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes a property's name apart: {@code rules[0].name} is the key rules, the element 0 and the key name. */
final class PropertyPath {

    private PropertyPath() {}

    /**
     * Answers texts for keys and integers for elements of lists.
     *
     * @param names the mappings whose keys are names, which may be numbers in brackets
     */
    static List<Object> parse(String name, Set<String> names) {
        List<Object> steps = new ArrayList<>();
        StringBuilder walked = new StringBuilder();
        int at = 0;
        while (at < name.length()) {
            boolean bracket = name.charAt(at) == '[';
            int close = bracket ? name.indexOf(']', at) : -1;
            String step = close < 0 ? name.substring(at, end(name, at)) : name.substring(at + 1, close);
            at += close < 0 ? step.length() : step.length() + 2;
            boolean element = close >= 0 && step.matches("[0-9]{1,5}") && !names.contains(walked.toString());
            steps.add(element ? (Object) Integer.valueOf(step) : step);
            walked.append(walked.length() == 0 ? "" : ".").append(step);
            if (at < name.length() && name.charAt(at) == '.') {
                at++;
            }
        }
        return steps;
    }

    private static int end(String name, int from) {
        int at = from + 1; // a bracket that nothing closes is part of a key
        while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
            at++;
        }
        return at;
    }
}
